# What the frame of a mail says in each language.
set(TITLE_de "Ihre Bestellung")
set(CLOSING_de "Diese Nachricht wurde automatisch verschickt. Bitte bewahren Sie sie auf.")
set(UNSUBSCRIBE_de "Keine Nachrichten dieser Art mehr")
set(TITLE_en "Your order")
set(CLOSING_en "This message was sent automatically. Please keep it for your records.")
set(UNSUBSCRIBE_en "No more messages of this kind")
