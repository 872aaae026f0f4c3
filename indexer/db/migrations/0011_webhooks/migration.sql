-- Where a shop's own programs want to be told of what became of receipts. next_number: the number of the next happening to
-- deliver; the secret signs (Standard Webhooks), so it is kept as it is.
CREATE TABLE portal.webhook (
  shop        integer NOT NULL,
  id          text NOT NULL,
  url         text NOT NULL,
  secret      text NOT NULL,
  next_number bigint NOT NULL,
  failures    integer NOT NULL,
  try_after   timestamptz(3) NOT NULL,
  last_said   text,
  created_at  timestamptz(3) NOT NULL,
  stopped_at  timestamptz(3),
  PRIMARY KEY (shop, id)
);

-- What happened at a shop, in the order in which it is told: of one member always in the order in which it came to be.
CREATE TABLE portal.happening (
  shop    integer NOT NULL,
  number  bigint NOT NULL,
  name    text NOT NULL,
  member  bytea,
  type    text NOT NULL,
  data    jsonb NOT NULL,
  at      timestamptz(3) NOT NULL,
  PRIMARY KEY (shop, number)
);
-- The same thing happens once: its name is that of a receipt with what became of it.
CREATE UNIQUE INDEX happening_shop_name_key ON portal.happening (shop, name);

-- Up to which block a shop's happenings have been written down.
CREATE TABLE portal.told_block (
  shop  integer NOT NULL,
  block bigint NOT NULL,
  PRIMARY KEY (shop)
);

CREATE INDEX intent_refused_idx ON portal.intent (shop, key) WHERE state = 'refused';

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON portal.webhook, portal.happening, portal.told_block TO highstreet_web;
  END IF;
END $$;
