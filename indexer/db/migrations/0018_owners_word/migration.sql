-- What an owner said about a list of a till that was switched off (N-7); a list about which nothing was said waits. word:
-- confirmed, with what both have signed over its first `count` sales, or declined, which is for the rest. refused: why the
-- chain did not take the owner's signature, so that the list waits again.
CREATE TABLE portal.owner_word (
  shop            integer NOT NULL,
  till            integer NOT NULL,
  first_sequence  bigint NOT NULL,
  word            text NOT NULL,
  count           integer NOT NULL,
  signature       bytea,
  owner           bytea,
  owner_signature bytea,
  said_at         timestamptz(3) NOT NULL,
  refused         text,
  PRIMARY KEY (shop, till, first_sequence, word),
  CONSTRAINT owner_word_word CHECK (word IN ('confirmed', 'declined')),
  CONSTRAINT owner_word_signed CHECK (
    (word = 'confirmed') = (signature IS NOT NULL AND owner IS NOT NULL AND owner_signature IS NOT NULL))
);

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON portal.owner_word TO highstreet_web;
  END IF;
END $$;
