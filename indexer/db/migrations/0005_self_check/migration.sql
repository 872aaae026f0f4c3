-- What the mirror found when it was held against the chain (name: sums | samples | rebuild; verdict: holds | differs |
-- unable, where nothing could be said). It tells of the mirror, not of the chain, so it stays when the ledger is filled
-- again.
CREATE TABLE ledger.self_check (
  name     text NOT NULL,
  began    timestamptz(3) NOT NULL,
  finished timestamptz(3) NOT NULL,
  block    bigint,
  hash     bytea,
  verdict  text NOT NULL,
  compared bigint NOT NULL,
  report   jsonb NOT NULL,
  PRIMARY KEY (name, began),
  CONSTRAINT self_check_name CHECK (name IN ('sums', 'samples', 'rebuild')),
  CONSTRAINT self_check_verdict CHECK (verdict IN ('holds', 'differs', 'unable'))
);

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_indexer') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ledger.self_check TO highstreet_indexer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT ON ledger.self_check TO highstreet_web;
  END IF;
END $$;
