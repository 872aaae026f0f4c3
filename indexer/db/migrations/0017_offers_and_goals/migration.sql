-- Scores are made again with more beside them; proposals of tiers stay.
TRUNCATE judged.run, judged.score, judged.leaf, judged.together;

-- age_days: from the first visit to the mirrored day; payments: with points at the shop in the last half year; mood, mind
-- and recommends: what members say of themselves, only where they agree to be asked.
ALTER TABLE judged.score
  ADD COLUMN age_days   integer NOT NULL DEFAULT 0,
  ADD COLUMN payments   integer NOT NULL DEFAULT 0,
  ADD COLUMN mood       text,
  ADD COLUMN mind       text,
  ADD COLUMN recommends smallint;

-- A reward that is proposed to a member, and with which probability it was drawn. Never changed: outcomes are weighed
-- by it. way: best | tried, so that others are tried too. because: counts of members, as a suggestion rests on them.
CREATE TABLE judged.offer (
  shop           integer NOT NULL,
  member         bytea NOT NULL,
  day            integer NOT NULL,
  reward         integer NOT NULL,
  propensity_ppm integer NOT NULL,
  way            text NOT NULL,
  next_best      boolean NOT NULL,
  because        jsonb,
  taken_anyway   integer NOT NULL,
  of_members     integer NOT NULL,
  PRIMARY KEY (shop, member, day),
  CONSTRAINT offer_way CHECK (way IN ('best', 'tried')),
  CONSTRAINT offer_propensity CHECK (propensity_ppm BETWEEN 1 AND 1000000)
);

-- Each change of a member's multiplier, in hundredths, with its reason; the newest counts.
CREATE TABLE judged.multiplier (
  shop    integer NOT NULL,
  member  bytea NOT NULL,
  day     integer NOT NULL,
  before  integer NOT NULL,
  percent integer NOT NULL,
  reason  text NOT NULL,
  PRIMARY KEY (shop, member, day),
  CONSTRAINT multiplier_bounds CHECK (percent BETWEEN 100 AND 200)
);

-- The hash tree over what the last fit committed to, 256 nodes a row, the root first: whoever is in it can show so, also
-- after others have left. Of the shop 0; a hash names nobody.
CREATE TABLE judged.tree (
  shop  integer NOT NULL,
  chunk integer NOT NULL,
  run   uuid NOT NULL,
  size  integer NOT NULL,
  nodes bytea NOT NULL,
  PRIMARY KEY (shop, chunk),
  CONSTRAINT tree_one CHECK (shop = 0)
);

-- What members answered about themselves (shop 0) and about shops. Whoever withdraws the consent takes them along.
CREATE TABLE portal.survey_answer (
  member      bytea NOT NULL,
  shop        integer NOT NULL,
  question    text NOT NULL,
  answer      text NOT NULL,
  answered_at timestamptz(3) NOT NULL,
  PRIMARY KEY (member, shop, question),
  CONSTRAINT survey_question CHECK (
    (shop = 0 AND question = 'mood' AND answer IN ('bargains', 'quality', 'neighbours', 'planet'))
    OR (shop = 0 AND question = 'mind' AND answer IN ('settled', 'curious'))
    OR (shop > 0 AND question = 'recommend' AND answer ~ '^([0-9]|10)$'))
);

-- What an owner wants: so many per cent more repeat purchases, from a day to a day (since 1970-01-01).
CREATE TABLE portal.goal (
  shop      integer NOT NULL,
  percent   integer NOT NULL,
  from_day  integer NOT NULL,
  until_day integer NOT NULL,
  set_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (shop),
  CONSTRAINT goal_bounds CHECK (percent BETWEEN 1 AND 200 AND until_day >= from_day)
);

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_indexer') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON judged.offer, judged.multiplier, judged.tree TO highstreet_indexer;
    -- What scoring must know of the portal beside consents: what a shop offers, what it wants, what members answered.
    GRANT SELECT ON portal.reward, portal.goal, portal.survey_answer TO highstreet_indexer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT ON judged.offer, judged.multiplier, judged.tree TO highstreet_web;
    GRANT SELECT, INSERT, UPDATE, DELETE ON portal.survey_answer, portal.goal TO highstreet_web;
  END IF;
END $$;
