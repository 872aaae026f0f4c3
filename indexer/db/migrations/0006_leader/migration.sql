-- Who writes the mirror: a lease by the database's own clock, and an epoch that grows with every change of hands. Nothing
-- here lives in a session, so it holds behind a proxy that hands out connections transaction by transaction.
CREATE TABLE ledger.leader (
  id       integer NOT NULL,
  epoch    bigint NOT NULL,
  holder   uuid NOT NULL,
  taken_at timestamptz(3) NOT NULL,
  until    timestamptz(3) NOT NULL,
  PRIMARY KEY (id)
);
ALTER TABLE ledger.leader ADD CONSTRAINT leader_one CHECK (id = 1);

-- Fails the transaction it is called in unless `ours` is the epoch that leads.
CREATE FUNCTION ledger.require_leader(ours bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM ledger.leader WHERE id = 1 AND epoch = ours) THEN
    RAISE EXCEPTION 'epoch % does not lead', ours USING ERRCODE = 'HS001';
  END IF;
END $$;

-- What a fork replaced, by what, and how long it took from noticing it to the new branch's last row. Null: a fork noted
-- before this was kept.
ALTER TABLE ledger.reorg
  ADD COLUMN old_hash bytea,
  ADD COLUMN new_head bigint,
  ADD COLUMN new_hash bytea,
  ADD COLUMN took_ms  integer;

-- Rights on the new table, as on the others of the schema.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_indexer') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ledger.leader TO highstreet_indexer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT ON ledger.leader TO highstreet_web;
  END IF;
END $$;
