-- What is to be expected of members, beside what they did. Scoring makes everything in this schema again, equal for
-- equal inputs; so it is emptied here and filled anew.
TRUNCATE judged.run, judged.score;

-- kind: fit, where the models were fitted anew and the result is committed | follow, at the parameters of the last fit.
-- The shop 0 is the whole network: what its shops borrow from, and what a fit commits to. card: what a fit found, for
-- people; parameters: hexadecimal, exact.
ALTER TABLE judged.run
  ADD COLUMN kind       text NOT NULL,
  ADD COLUMN block_hash bytea NOT NULL,
  ADD COLUMN root       bytea,
  ADD COLUMN parameters jsonb,
  ADD COLUMN card       jsonb,
  ADD CONSTRAINT run_kind CHECK (kind IN ('fit', 'follow')),
  ADD CONSTRAINT run_fit CHECK ((kind = 'fit') = (card IS NOT NULL));
CREATE INDEX run_fit_idx ON judged.run (shop, finished_at) WHERE kind = 'fit';

-- Expected figures are null where nothing could be fitted. Value: minor units over a year; usual gap: days, of which
-- nine of ten of the member's gaps are no longer; reason: why the value is another than thirty days before, in words
-- and minor units; tiers as the contracts number them.
ALTER TABLE judged.score
  ADD COLUMN alive_ppm            integer,
  ADD COLUMN purchases_millionths bigint,
  ADD COLUMN value_minor          bigint,
  ADD COLUMN value_decile         smallint,
  ADD COLUMN risk                 smallint,
  ADD COLUMN worth                smallint,
  ADD COLUMN usual_gap_days       integer,
  ADD COLUMN overdue              boolean NOT NULL,
  ADD COLUMN value_before         bigint,
  ADD COLUMN reason               jsonb NOT NULL,
  ADD COLUMN tier_by_spend        smallint NOT NULL,
  ADD COLUMN tier_by_value        smallint,
  ADD COLUMN engagement           smallint NOT NULL,
  ADD COLUMN part_of_day          text,
  ADD COLUMN part_of_week         text;
CREATE INDEX score_member_idx ON judged.score (member);
CREATE INDEX score_value_idx ON judged.score (shop, value_minor);

-- A member's tier at a shop as fits proposed it, one after the other: a rise at once, a fall only 30 days after its
-- notice. The tier that counts is the chain's.
CREATE TABLE judged.tier (
  shop      integer NOT NULL,
  member    bytea NOT NULL,
  tier      smallint NOT NULL,
  next      smallint NOT NULL,
  until_day integer,
  since_day integer NOT NULL,
  PRIMARY KEY (shop, member)
);

-- What the last fit committed to, leaf by leaf, so that any of them can be proved.
CREATE TABLE judged.leaf (
  shop                 integer NOT NULL,
  member               bytea NOT NULL,
  run                  uuid NOT NULL,
  tier                 smallint NOT NULL,
  alive_ppm            integer NOT NULL,
  purchases_millionths bigint NOT NULL,
  value_minor          bigint NOT NULL,
  PRIMARY KEY (shop, member)
);

-- Other shops that a shop's members visit as well; none with fewer than five of them.
CREATE TABLE judged.together (
  shop         integer NOT NULL,
  other        integer NOT NULL,
  members      integer NOT NULL,
  lift_percent integer NOT NULL,
  PRIMARY KEY (shop, other)
);

-- Somebody asks for a fit before its time; the fit takes the wish away. One row, of the shop 0.
CREATE TABLE judged.refit_wish (
  shop     integer NOT NULL,
  asked_at timestamptz(3) NOT NULL,
  PRIMARY KEY (shop),
  CONSTRAINT refit_wish_one CHECK (shop = 0)
);

-- Rights on the new tables, as on the others of the schema.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_indexer') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON judged.tier, judged.leaf, judged.together, judged.refit_wish
      TO highstreet_indexer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT ON judged.tier, judged.leaf, judged.together, judged.refit_wish TO highstreet_web;
  END IF;
END $$;
