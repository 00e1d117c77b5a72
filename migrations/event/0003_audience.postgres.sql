-- An event that came from another node is for one module: its audience. Another module of this node
-- that hears it has it once more, under an audience of its own.
ALTER TABLE event_log
  ADD COLUMN audience text COLLATE "C" NOT NULL DEFAULT '',
  DROP CONSTRAINT event_log_id_key,
  ADD CONSTRAINT event_log_id_audience_key UNIQUE (id, audience);
