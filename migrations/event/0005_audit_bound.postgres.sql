-- What was refused is found by its order, so that the oldest can be forgotten.
CREATE INDEX event_audit_refused ON event_audit(place) WHERE action = 'refused';
