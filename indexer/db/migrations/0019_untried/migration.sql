-- Since when the relayer's node has refused even to try a wish, so that a restart does not begin the wait anew. name: the
-- wish's natural name in portal.intent, or batch:TILL:FIRST of a till's list.
CREATE TABLE portal.untried (
  shop  integer NOT NULL,
  name  text NOT NULL,
  since timestamptz(3) NOT NULL,
  PRIMARY KEY (shop, name)
);

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON portal.untried TO highstreet_web;
  END IF;
END $$;
