-- Keys by which a shop's own programs speak to the till API. Of the secret only a hash is kept; expires_at: a key that was
-- rotated serves for a while beside its successor.
CREATE TABLE portal.api_key (
  shop        integer NOT NULL,
  id          text NOT NULL,
  secret_hash bytea NOT NULL,
  label       text NOT NULL,
  created_at  timestamptz(3) NOT NULL,
  expires_at  timestamptz(3),
  revoked_at  timestamptz(3),
  PRIMARY KEY (shop, id)
);

-- Who works at a shop's tills. The PIN is kept as scrypt makes it; pin_failures: in a row, and locked_until says since
-- when it is not even looked at.
CREATE TABLE portal.cashier (
  shop         integer NOT NULL,
  cashier      integer NOT NULL,
  name         text NOT NULL,
  pin_hash     bytea NOT NULL,
  pin_salt     bytea NOT NULL,
  pin_failures integer NOT NULL DEFAULT 0,
  locked_until timestamptz(3),
  active       boolean NOT NULL,
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (shop, cashier)
);

-- A cashier's shift at a till, known by a token of which a hash is kept.
CREATE TABLE portal.shift (
  shop       integer NOT NULL,
  token_hash bytea NOT NULL,
  till       integer NOT NULL,
  cashier    integer NOT NULL,
  opened_at  timestamptz(3) NOT NULL,
  closes_at  timestamptz(3) NOT NULL,
  ended_at   timestamptz(3),
  PRIMARY KEY (shop, token_hash)
);
CREATE INDEX shift_shop_till_idx ON portal.shift (shop, till, opened_at);

-- Who stood at the till; null where the shop keeps no cashiers, or nobody at a till did it.
ALTER TABLE portal.intent ADD COLUMN cashier integer;

-- Up to so many hundredths of a point per member and day this shop hands goods out on a payment that is only pending
-- (N-27); above that its tills wait until it is final. 200000: 20.00 of money at the usual par.
ALTER TABLE portal.shop_profile ADD COLUMN pending_limit bigint NOT NULL DEFAULT 200000;

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON portal.api_key, portal.cashier, portal.shift TO highstreet_web;
  END IF;
END $$;
