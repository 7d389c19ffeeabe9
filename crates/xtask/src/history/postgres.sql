-- A history for the bench: MESSAGES messages, ten in each session, one session for each contact. One session in twenty
-- is open. Ids are older than any that the server makes. An old operator owns a third of the closed sessions and is in
-- the queue where nearly all open ones wait. A new operator has three sessions, and a queue where one in a thousand of
-- the open ones waits. One message in ten speaks of an invoice, one in a thousand of a complaint.
BEGIN;
CREATE FUNCTION pg_temp.id(kind int, i bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT ('010' || kind || '0000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid $$;
INSERT INTO channels (id, version, name, webhook_id, verify_token, phone_number_id, token_state, created_at, signature_failures)
VALUES (pg_temp.id(1, 1), 1, 'History', 'history', 'history', '1', 'unknown', 0, 0);
INSERT INTO extensions (id, number, name, created_at) VALUES (pg_temp.id(5, 1), '901', 'Old', 0), (pg_temp.id(5, 2), '902', 'New', 0);
UPDATE people SET extension_id = pg_temp.id(5, 1) WHERE login = 'bench-old';
UPDATE people SET extension_id = pg_temp.id(5, 2) WHERE login = 'bench-new';
INSERT INTO queues (id, name, pick_up, created_at)
VALUES (pg_temp.id(6, 1), 'Busy', 'manual', 0), (pg_temp.id(6, 2), 'Quiet', 'manual', 0);
INSERT INTO queue_members (queue_id, extension_id)
VALUES (pg_temp.id(6, 1), pg_temp.id(5, 1)), (pg_temp.id(6, 2), pg_temp.id(5, 2));
INSERT INTO contacts (id, name, wa_id, created_at, profile_at, words_at)
SELECT pg_temp.id(2, i), 'Customer ' || i, (430000000000 + i)::text, 1700000000000 + i, 1700000000000 + i, 1700000000000 + i
FROM generate_series(1, MESSAGES / 10) i;
INSERT INTO contact_identities (kind, value, contact_id)
SELECT 'wa_id', (430000000000 + i)::text, pg_temp.id(2, i) FROM generate_series(1, MESSAGES / 10) i;
-- In the format of domain::search.
INSERT INTO contact_words (word, contact_id)
SELECT word, pg_temp.id(2, i) FROM generate_series(1, MESSAGES / 10) i,
LATERAL (SELECT DISTINCT unnest(ARRAY['customer', i::text, (430000000000 + i)::text, lpad(i::text, 10, '0'),
         '<' || reverse((430000000000 + i)::text)]) AS word) words;
INSERT INTO sessions (id, channel_id, contact_id, state, queue_id, extension_id, unread, last_message_id, last_message_at, last_inbound_at, opened_at, closed_at, waiting_since)
SELECT pg_temp.id(3, i), pg_temp.id(1, 1), pg_temp.id(2, i), CASE WHEN i % 20 = 0 THEN 'waiting' ELSE 'closed' END,
       CASE WHEN i % 20000 = 0 THEN pg_temp.id(6, 2) WHEN i % 20 = 0 THEN pg_temp.id(6, 1) END,
       CASE WHEN i % 20 = 0 THEN NULL WHEN i IN (11, 4711, 7001) THEN pg_temp.id(5, 2) WHEN i % 3 = 0 THEN pg_temp.id(5, 1) END, 0,
       pg_temp.id(4, i * 10 + 9), 1700000000000 + i * 1000, 1700000000000 + i * 1000, 1700000000000 + i * 1000,
       CASE WHEN i % 20 = 0 THEN NULL ELSE 1700000000000 + i * 1000 END, 1700000000000 + i * 1000
FROM generate_series(1, MESSAGES / 10) i;
INSERT INTO messages (id, session_id, direction, kind, text, phone_number_id, wamid, at)
SELECT pg_temp.id(4, i * 10 + m), pg_temp.id(3, i), 'inbound', 'text',
       'Dobrý den, zpráva ' || (i * 10 + m) || CASE WHEN m = 3 THEN ' faktura' ELSE '' END
       || CASE WHEN (i * 10 + m) % 1000 = 7 THEN ' reklamace' ELSE '' END, '1',
       'wamid.history.' || (i * 10 + m), 1700000000000 + i * 1000 + m
FROM generate_series(1, MESSAGES / 10) i, generate_series(0, 9) m;
INSERT INTO search_entries (number, entry_id, session_id, note, words)
SELECT CAST(substr(wamid, 15) AS BIGINT), id, session_id, FALSE,
       array_to_tsvector(string_to_array('dobry den zprava ' || substr(text, 19), ' '))
FROM messages;
SELECT setval('search_numbers', MESSAGES + 10);
INSERT INTO message_payloads (message_id, payload)
SELECT id, '{"from":"430000000000","id":"' || wamid || '","timestamp":"1700000000","type":"text","text":{"body":"' || text || '"}}'
FROM messages;
COMMIT;
-- Leaves no maintenance work to run during the measurement.
VACUUM (ANALYZE);
CHECKPOINT;
