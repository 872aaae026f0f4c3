-- Each run that was to be committed, with what no chain and no later run can tell of it: the day and the time zone it
-- counted in, and who had said no by then, as changes since the row before (accounts, 20 bytes each, ascending). With
-- the ledger it gives any run's inputs again. Not made anew with the rest of the schema: nobody may change or empty it.
CREATE TABLE judged.kept_run (
  shop        integer NOT NULL,
  number      integer NOT NULL,
  run         uuid NOT NULL,
  model       text NOT NULL,
  block       bigint NOT NULL,
  day         integer NOT NULL,
  time_zone   text NOT NULL,
  inputs_hash bytea NOT NULL,
  root        bytea NOT NULL,
  said_no     bytea NOT NULL,
  came_back   bytea NOT NULL,
  PRIMARY KEY (shop, number),
  CONSTRAINT kept_run_street CHECK (shop = 0 AND number > 0),
  CONSTRAINT kept_run_accounts CHECK (length(said_no) % 20 = 0 AND length(came_back) % 20 = 0)
);

-- What the board decided about treating members differently, after what the founders agreed on (version 1, in the
-- tree). document: the very text whose hash the board's proposal carried; proposal: the decision's number on the chain.
-- Written by `npm run policy -- adopt` alone, which asks the chain first.
CREATE TABLE portal.board_policy (
  shop       integer NOT NULL,
  version    integer NOT NULL,
  document   text NOT NULL,
  hash       bytea NOT NULL,
  proposal   numeric(78, 0) NOT NULL,
  from_day   integer NOT NULL,
  adopted_at timestamptz(3) NOT NULL,
  PRIMARY KEY (shop, version),
  CONSTRAINT board_policy_street CHECK (shop = 0 AND version > 1)
);

-- By which version of it each change was bounded; the bounds themselves are the board's.
ALTER TABLE judged.multiplier
  ADD COLUMN policy integer NOT NULL DEFAULT 1,
  DROP CONSTRAINT multiplier_bounds,
  ADD CONSTRAINT multiplier_bounds CHECK (percent BETWEEN 100 AND 1000);

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_indexer') THEN
    GRANT SELECT, INSERT ON judged.kept_run TO highstreet_indexer;
    GRANT SELECT ON portal.board_policy TO highstreet_indexer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT ON judged.kept_run, portal.board_policy TO highstreet_web;
  END IF;
END $$;
