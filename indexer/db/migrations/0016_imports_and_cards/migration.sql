-- What a file of past sales asks for, row by row, for its import key to sign: accounts and numbers, as they were looked at
-- last. The file itself is not kept, and neither are its names.
CREATE TABLE portal.import_row (
  shop      integer NOT NULL,
  file_hash bytea NOT NULL,
  row       integer NOT NULL,
  sequence  bigint NOT NULL,
  member    bytea NOT NULL,
  points    bigint NOT NULL,
  spend     bigint NOT NULL,
  sold_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (shop, file_hash, row)
);
CREATE INDEX import_row_sequence_idx ON portal.import_row (shop, file_hash, sequence);

-- Cards of a shop: ordinary accounts whose keys are printed in their sealed codes and kept nowhere. code: what stands on the
-- outside; claimed_by: whose points the card's have become, and from then on no till takes it.
CREATE TABLE portal.card (
  member     bytea NOT NULL,
  shop       integer NOT NULL,
  code       text NOT NULL,
  made_at    timestamptz(3) NOT NULL,
  claimed_by bytea,
  claimed_at timestamptz(3),
  PRIMARY KEY (member)
);
CREATE INDEX card_code_idx ON portal.card (code);
CREATE INDEX card_shop_idx ON portal.card (shop, made_at);

-- The most a card may hold, in hundredths of a point, of all shops together. 200000: 20.00 of money at the usual par.
ALTER TABLE portal.shop_profile ADD COLUMN card_limit bigint NOT NULL DEFAULT 200000;

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON portal.import_row, portal.card TO highstreet_web;
  END IF;
END $$;
