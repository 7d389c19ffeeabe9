-- A history for the bench: MESSAGES messages, ten in each session, one session for each contact. One session in twenty
-- is open. Ids are older than any that the server makes. An old operator owns a third of the closed sessions and is in
-- the queue where nearly all open ones wait. A new operator has three sessions, and a queue where one in a thousand of
-- the open ones waits. One message in ten speaks of an invoice, one in a thousand of a complaint.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
BEGIN;
INSERT INTO channels (id, version, name, webhook_id, verify_token, phone_number_id, token_state, created_at, signature_failures)
VALUES (CAST('ahistory-channel' AS BLOB), 1, 'History', 'history', 'history', '1', 'unknown', 0, 0);
INSERT INTO extensions (id, number, name, created_at)
VALUES (CAST('history-ext-old-' AS BLOB), '901', 'Old', 0), (CAST('history-ext-new-' AS BLOB), '902', 'New', 0);
UPDATE people SET extension_id = CAST('history-ext-old-' AS BLOB) WHERE login = 'bench-old';
UPDATE people SET extension_id = CAST('history-ext-new-' AS BLOB) WHERE login = 'bench-new';
INSERT INTO queues (id, name, pick_up, created_at)
VALUES (CAST('history-q-busy--' AS BLOB), 'Busy', 'manual', 0), (CAST('history-q-quiet-' AS BLOB), 'Quiet', 'manual', 0);
INSERT INTO queue_members (queue_id, extension_id)
VALUES (CAST('history-q-busy--' AS BLOB), CAST('history-ext-old-' AS BLOB)), (CAST('history-q-quiet-' AS BLOB), CAST('history-ext-new-' AS BLOB));
CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < MESSAGES / 10) SELECT i FROM n;
INSERT INTO contacts (id, name, wa_id, created_at, profile_at, words_at)
SELECT CAST(char(1, 2) || printf('%014d', i) AS BLOB), 'Customer ' || i, 430000000000 + i, 1700000000000 + i, 1700000000000 + i,
       1700000000000 + i FROM n;
-- In the format of domain::search, except for the backward numbers. Inserted in sorted order, which fills the index
-- fastest.
INSERT OR IGNORE INTO contact_words (word, contact_id)
SELECT 'customer', CAST(char(1, 2) || printf('%014d', i) AS BLOB) FROM n;
INSERT OR IGNORE INTO contact_words (word, contact_id)
SELECT CAST(i AS TEXT), CAST(char(1, 2) || printf('%014d', i) AS BLOB) FROM n ORDER BY 1;
INSERT OR IGNORE INTO contact_words (word, contact_id)
SELECT CAST(430000000000 + i AS TEXT), CAST(char(1, 2) || printf('%014d', i) AS BLOB) FROM n;
INSERT OR IGNORE INTO contact_words (word, contact_id)
SELECT printf('%010d', i), CAST(char(1, 2) || printf('%014d', i) AS BLOB) FROM n;
INSERT INTO contact_identities (kind, value, contact_id)
SELECT 'wa_id', 430000000000 + i, CAST(char(1, 2) || printf('%014d', i) AS BLOB) FROM n;
INSERT INTO sessions (id, channel_id, contact_id, state, queue_id, extension_id, unread, last_message_id, last_message_at, last_inbound_at, opened_at, closed_at, waiting_since)
SELECT CAST(char(1, 3) || printf('%014d', i) AS BLOB), CAST('ahistory-channel' AS BLOB), CAST(char(1, 2) || printf('%014d', i) AS BLOB),
       iif(i % 20, 'closed', 'waiting'),
       iif(i % 20, NULL, CAST(iif(i % 20000, 'history-q-busy--', 'history-q-quiet-') AS BLOB)),
       CASE WHEN i % 20 = 0 THEN NULL WHEN i IN (11, 4711, 7001) THEN CAST('history-ext-new-' AS BLOB)
            WHEN i % 3 = 0 THEN CAST('history-ext-old-' AS BLOB) END, 0, CAST(char(1, 4) || printf('%014d', i * 10 + 9) AS BLOB), 1700000000000 + i * 1000,
       1700000000000 + i * 1000, 1700000000000 + i * 1000, iif(i % 20, 1700000000000 + i * 1000, NULL), 1700000000000 + i * 1000 FROM n;
INSERT INTO messages (id, session_id, direction, kind, text, phone_number_id, wamid, at)
SELECT CAST(char(1, 4) || printf('%014d', i * 10 + m) AS BLOB), CAST(char(1, 3) || printf('%014d', i) AS BLOB), 'inbound', 'text',
       'Dobrý den, zpráva ' || (i * 10 + m) || iif(m = 3, ' faktura', '') || iif((i * 10 + m) % 1000 = 7, ' reklamace', ''), '1', 'wamid.history.' || (i * 10 + m), 1700000000000 + i * 1000 + m
FROM n, (SELECT 0 AS m UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9);
INSERT INTO search_entries (number, entry_id, session_id, note)
SELECT CAST(substr(wamid, 15) AS INTEGER), id, session_id, FALSE FROM messages;
-- As the server folds them, without the numbers backwards.
INSERT INTO search_words (rowid, words)
SELECT CAST(substr(wamid, 15) AS INTEGER), 'dobry den zprava ' || substr(text, 19) FROM messages;
INSERT INTO message_payloads (message_id, payload)
SELECT id, '{"from":"430000000000","id":"' || wamid || '","timestamp":"1700000000","type":"text","text":{"body":"' || text || '"}}' FROM messages;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
