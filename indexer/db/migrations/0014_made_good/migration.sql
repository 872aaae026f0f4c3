-- When a key of a shop's programs last opened something, to the minute.
ALTER TABLE portal.api_key ADD COLUMN last_used_at timestamptz(3);

-- A payment that came to nothing after it was promised, and has been made good since: until then the shop waits with
-- every payment of that member until it is final (N-27). key: the payment's natural name in portal.intent. how: paid in
-- another way, or waived by the owner. till and cashier: who took the money; both null where the owner did it.
CREATE TABLE portal.made_good (
  shop    integer NOT NULL,
  key     text NOT NULL,
  member  bytea NOT NULL,
  how     text NOT NULL,
  till    integer,
  cashier integer,
  at      timestamptz(3) NOT NULL,
  PRIMARY KEY (shop, key)
);
ALTER TABLE portal.made_good
  ADD CONSTRAINT made_good_how CHECK (how IN ('paid', 'waived')),
  ADD CONSTRAINT made_good_by CHECK ((how = 'paid' OR till IS NULL) AND (cashier IS NULL OR till IS NOT NULL));

-- What a member calls the devices that agree for them. key: the hash of the device's public key.
CREATE TABLE portal.key_name (
  member bytea NOT NULL,
  key    bytea NOT NULL,
  name   text NOT NULL,
  PRIMARY KEY (member, key)
);

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON portal.made_good, portal.key_name TO highstreet_web;
  END IF;
END $$;
