-- The street's books. Three schemas, three roles' rights: the database itself enforces who writes what.
CREATE SCHEMA IF NOT EXISTS ledger;
CREATE SCHEMA IF NOT EXISTS judged;
CREATE SCHEMA IF NOT EXISTS portal;

-- The one chain this database mirrors; another chain is refused.
CREATE TABLE ledger.chain (
  id           integer NOT NULL,
  chain_id     bigint NOT NULL,
  genesis_hash bytea NOT NULL,
  consortium   bytea NOT NULL,
  start_block  bigint NOT NULL,
  PRIMARY KEY (id)
);

-- How far the mirror has come; written in the transaction that wrote the data.
CREATE TABLE ledger.checkpoint (
  name        text NOT NULL,
  block       bigint NOT NULL,
  hash        bytea NOT NULL,
  final_block bigint NOT NULL,
  head        bigint NOT NULL,
  updated_at  timestamptz(3) NOT NULL,
  PRIMARY KEY (name)
);

CREATE TABLE ledger.block (
  number      bigint NOT NULL,
  hash        bytea NOT NULL,
  parent_hash bytea NOT NULL,
  time        timestamptz(3) NOT NULL,
  PRIMARY KEY (number)
);

-- The journal: every event of the network, append-only; rows hang on their block, so they go with it.
CREATE TABLE ledger.event (
  block_number     bigint NOT NULL,
  log_index        integer NOT NULL,
  transaction_hash bytea NOT NULL,
  address          bytea NOT NULL,
  name             text NOT NULL,
  args             jsonb NOT NULL,
  PRIMARY KEY (block_number, log_index),
  FOREIGN KEY (block_number) REFERENCES ledger.block (number) ON DELETE CASCADE
);

CREATE TABLE ledger.shop (
  shop          integer NOT NULL,
  owner         bytea NOT NULL,
  points        bytea,
  status        smallint NOT NULL,
  redeems_only  boolean NOT NULL,
  joined_at     timestamptz(3),
  receipt_limit bigint NOT NULL,
  PRIMARY KEY (shop)
);

CREATE TABLE ledger.till (
  shop    integer NOT NULL,
  till    integer NOT NULL,
  key     bytea NOT NULL,
  kind    smallint NOT NULL,
  budget  bigint NOT NULL,
  revoked boolean NOT NULL,
  PRIMARY KEY (shop, till)
);

-- A point token's clock and its supply by lane. lane0 is the quarter `quarter`, lane4 four quarters earlier.
CREATE TABLE ledger.points_token (
  shop       integer NOT NULL,
  address    bytea NOT NULL,
  quarter    integer NOT NULL,
  started_at timestamptz(3) NOT NULL,
  notice_at  timestamptz(3),
  ends_at    timestamptz(3),
  stamp      integer NOT NULL,
  lane0      bigint NOT NULL,
  lane1      bigint NOT NULL,
  lane2      bigint NOT NULL,
  lane3      bigint NOT NULL,
  lane4      bigint NOT NULL,
  PRIMARY KEY (shop)
);

-- A member's points of one shop as the chain stores them: lane0 is quarter `stamp`. Age by (token.quarter - stamp) to read.
CREATE TABLE ledger.balance (
  member bytea NOT NULL,
  shop   integer NOT NULL,
  stamp  integer NOT NULL,
  lane0  bigint NOT NULL,
  lane1  bigint NOT NULL,
  lane2  bigint NOT NULL,
  lane3  bigint NOT NULL,
  lane4  bigint NOT NULL,
  PRIMARY KEY (member, shop)
);
CREATE INDEX balance_shop_idx ON ledger.balance (shop);

-- What a shop has locked and what it is owed (+) or owes (-), in settlement money.
CREATE TABLE ledger.position (
  shop      integer NOT NULL,
  net       numeric(78,0) NOT NULL,
  reserve   numeric(78,0) NOT NULL,
  deposited numeric(78,0) NOT NULL,
  withdrawn numeric(78,0) NOT NULL,
  PRIMARY KEY (shop)
);

CREATE TABLE ledger.purchase (
  shop             integer NOT NULL,
  till             integer NOT NULL,
  sequence         bigint NOT NULL,
  member           bytea NOT NULL,
  points           bigint NOT NULL,
  spend            bigint NOT NULL,
  sold_at          timestamptz(3) NOT NULL,
  record           bigint NOT NULL,
  block_number     bigint NOT NULL,
  log_index        integer NOT NULL,
  transaction_hash bytea NOT NULL,
  PRIMARY KEY (shop, till, sequence),
  FOREIGN KEY (block_number) REFERENCES ledger.block (number) ON DELETE CASCADE
);
CREATE INDEX purchase_member_idx ON ledger.purchase (member);
CREATE INDEX purchase_shop_member_idx ON ledger.purchase (shop, member);
CREATE INDEX purchase_block_number_idx ON ledger.purchase (block_number);

CREATE TABLE ledger.payment (
  shop             integer NOT NULL,
  till             integer NOT NULL,
  sequence         bigint NOT NULL,
  member           bytea NOT NULL,
  purpose          bigint NOT NULL,
  points           bigint NOT NULL,
  record           bigint NOT NULL,
  block_number     bigint NOT NULL,
  log_index        integer NOT NULL,
  transaction_hash bytea NOT NULL,
  PRIMARY KEY (shop, till, sequence),
  FOREIGN KEY (block_number) REFERENCES ledger.block (number) ON DELETE CASCADE
);
CREATE INDEX payment_member_idx ON ledger.payment (member);
CREATE INDEX payment_block_number_idx ON ledger.payment (block_number);

-- One issuer's points burned by a payment; lanes packed as the chain emitted them.
CREATE TABLE ledger.payment_line (
  shop         integer NOT NULL,
  till         integer NOT NULL,
  sequence     bigint NOT NULL,
  issuer       integer NOT NULL,
  points       bigint NOT NULL,
  lanes        numeric(78,0) NOT NULL,
  block_number bigint NOT NULL,
  PRIMARY KEY (shop, till, sequence, issuer),
  FOREIGN KEY (block_number) REFERENCES ledger.block (number) ON DELETE CASCADE
);
CREATE INDEX payment_line_block_number_idx ON ledger.payment_line (block_number);

-- What the chain left out or refused, and why (kind: purchase | payment; reason: name from the contracts' tables).
CREATE TABLE ledger.refusal (
  shop         integer NOT NULL,
  till         integer NOT NULL,
  kind         text NOT NULL,
  sequence     bigint NOT NULL,
  block_number bigint NOT NULL,
  log_index    integer NOT NULL,
  reason       text NOT NULL,
  PRIMARY KEY (shop, till, kind, sequence, block_number, log_index),
  FOREIGN KEY (block_number) REFERENCES ledger.block (number) ON DELETE CASCADE
);
CREATE INDEX refusal_block_number_idx ON ledger.refusal (block_number);

-- A member's statement: one line for each change of a balance (kind: issued | paid | sent | received | lapsed).
CREATE TABLE ledger.movement (
  member       bytea NOT NULL,
  block_number bigint NOT NULL,
  log_index    integer NOT NULL,
  shop         integer NOT NULL,
  kind         text NOT NULL,
  points       bigint NOT NULL,
  counterparty bytea,
  PRIMARY KEY (member, block_number, log_index),
  FOREIGN KEY (block_number) REFERENCES ledger.block (number) ON DELETE CASCADE
);
CREATE INDEX movement_block_number_idx ON ledger.movement (block_number);
CREATE INDEX movement_shop_block_number_idx ON ledger.movement (shop, block_number);

-- A folded row as it stood before a block changed it (null: it was not there); what undo puts back.
CREATE TABLE ledger.before_image (
  block_number bigint NOT NULL,
  fold         text NOT NULL,
  key          text NOT NULL,
  image        jsonb,
  PRIMARY KEY (block_number, fold, key)
);

CREATE TABLE ledger.reorg (
  ancestor bigint NOT NULL,
  old_head bigint NOT NULL,
  noticed  timestamptz(3) NOT NULL,
  PRIMARY KEY (ancestor, noticed)
);

CREATE TABLE judged.run (
  id          uuid NOT NULL,
  model       text NOT NULL,
  block       bigint NOT NULL,
  watermark   timestamptz(3) NOT NULL,
  inputs_hash bytea NOT NULL,
  members     integer NOT NULL,
  finished_at timestamptz(3) NOT NULL,
  PRIMARY KEY (id)
);

-- Recency, frequency and value of one member at one shop; scores 1..5 by cut values, equal histories score equal.
CREATE TABLE judged.score (
  shop            integer NOT NULL,
  member          bytea NOT NULL,
  run             uuid NOT NULL,
  first_at        timestamptz(3) NOT NULL,
  last_at         timestamptz(3) NOT NULL,
  recency_days    integer NOT NULL,
  frequency       integer NOT NULL,
  spend           bigint NOT NULL,
  recency_score   smallint NOT NULL,
  frequency_score smallint NOT NULL,
  value_score     smallint NOT NULL,
  PRIMARY KEY (shop, member)
);

-- The only place where an account has a name.
CREATE TABLE portal.member_profile (
  member       bytea NOT NULL,
  display_name text NOT NULL,
  code         text NOT NULL,
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (member)
);
CREATE INDEX member_profile_code_idx ON portal.member_profile (code);

-- purpose: greeting (absent: not given) | personalisation (absent: not withdrawn; an opt-out is never scored).
CREATE TABLE portal.consent (
  member     bytea NOT NULL,
  purpose    text NOT NULL,
  given      boolean NOT NULL,
  decided_at timestamptz(3) NOT NULL,
  PRIMARY KEY (member, purpose)
);

-- earnRate: hundredths of a point per 1.00 of money spent (100 = 1 point per 1.00).
CREATE TABLE portal.shop_profile (
  shop       integer NOT NULL,
  name       text NOT NULL,
  trade      text NOT NULL,
  street     text NOT NULL,
  hue        integer NOT NULL,
  earn_rate  integer NOT NULL,
  time_zone  text NOT NULL,
  is_charity boolean NOT NULL,
  PRIMARY KEY (shop)
);

CREATE TABLE portal.till_profile (
  shop    integer NOT NULL,
  till    integer NOT NULL,
  name    text NOT NULL,
  cashier text NOT NULL,
  PRIMARY KEY (shop, till)
);

CREATE TABLE portal.reward (
  shop   integer NOT NULL,
  reward integer NOT NULL,
  title  text NOT NULL,
  detail text NOT NULL,
  points bigint NOT NULL,
  active boolean NOT NULL,
  PRIMARY KEY (shop, reward)
);

-- A wish to write to the chain. `shop` is the shop it concerns (a transfer: the issuer; a settlement: 0), `key` its natural
-- name, so the same wish is one row: purchase:TILL:SEQUENCE, payment:TILL:SEQUENCE, transfer:MEMBER:NONCE, settle:UUID.
-- Final is never stored: it is a join with the ledger. refused: stable code; facts in `payload`.
CREATE TABLE portal.intent (
  shop         integer NOT NULL,
  key          text NOT NULL,
  kind         text NOT NULL,
  till         integer,
  sequence     bigint,
  member       bytea,
  points       bigint NOT NULL,
  spend        bigint,
  sold_at      timestamptz(3),
  content_hash bytea NOT NULL,
  payload      jsonb NOT NULL,
  state        text NOT NULL,
  refused      text,
  attempts     integer NOT NULL,
  sent_by      bytea,
  sent_nonce   bigint,
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (shop, key)
);
CREATE INDEX intent_shop_till_kind_sequence_idx ON portal.intent (shop, till, kind, sequence);
CREATE INDEX intent_member_idx ON portal.intent (member);
CREATE INDEX intent_sent_by_sent_nonce_idx ON portal.intent (sent_by, sent_nonce);

-- Points an open payment or transfer has spoken for, by issuer.
CREATE TABLE portal.hold (
  member      bytea NOT NULL,
  issuer      integer NOT NULL,
  intent_shop integer NOT NULL,
  intent_key  text NOT NULL,
  points      bigint NOT NULL,
  PRIMARY KEY (member, issuer, intent_shop, intent_key)
);
CREATE INDEX hold_intent_shop_intent_key_idx ON portal.hold (intent_shop, intent_key);

-- A till's running batch: the newest signature covers all entries before it (N-7).
CREATE TABLE portal.till_batch (
  shop            integer NOT NULL,
  till            integer NOT NULL,
  first_sequence  bigint NOT NULL,
  count           integer NOT NULL,
  head            bytea NOT NULL,
  signature       bytea NOT NULL,
  opened_at       timestamptz(3) NOT NULL,
  submitted_count integer NOT NULL,
  PRIMARY KEY (shop, till, first_sequence)
);

-- A signed transaction, kept before it is sent; sending the same bytes again can never do the thing twice.
CREATE TABLE portal.submission (
  sender       bytea NOT NULL,
  nonce        bigint NOT NULL,
  hash         bytea NOT NULL,
  raw          bytea NOT NULL,
  purpose      text NOT NULL,
  state        text NOT NULL,
  error        text,
  block_number bigint,
  block_time   timestamptz(3),
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (sender, nonce)
);

-- What a till asks a member to approve. state: open | approved | accepted | cancelled.
CREATE TABLE portal.payment_request (
  shop             integer NOT NULL,
  till             integer NOT NULL,
  sequence         bigint NOT NULL,
  code             text NOT NULL,
  points           bigint NOT NULL,
  purpose          bigint NOT NULL,
  state            text NOT NULL,
  member           bytea,
  terms            jsonb,
  member_signature bytea,
  created_at       timestamptz(3) NOT NULL,
  expires_at       timestamptz(3) NOT NULL,
  PRIMARY KEY (shop, till, sequence)
);
CREATE INDEX payment_request_code_idx ON portal.payment_request (code);

-- A file of past sales being imported under its own key.
CREATE TABLE portal.import_file (
  shop       integer NOT NULL,
  file_hash  bytea NOT NULL,
  name       text NOT NULL,
  till       integer NOT NULL,
  rows       integer NOT NULL,
  started_at timestamptz(3) NOT NULL,
  PRIMARY KEY (shop, file_hash)
);

-- Rights: only the indexer writes ledger and judged; only the web and the relayer write portal. The indexer reads consents
-- and may add intents; it sees no profile.
ALTER TABLE portal.intent
  ADD CONSTRAINT intent_state CHECK (state IN ('open', 'sent', 'refused')),
  ADD CONSTRAINT intent_refused CHECK ((state = 'refused') = (refused IS NOT NULL));
ALTER TABLE portal.submission
  ADD CONSTRAINT submission_state CHECK (state IN ('signed', 'mined', 'reverted'));
ALTER TABLE portal.payment_request
  ADD CONSTRAINT payment_request_state CHECK (state IN ('open', 'approved', 'accepted', 'cancelled'));
ALTER TABLE ledger.balance SET (fillfactor = 50);
CREATE INDEX intent_open_idx ON portal.intent (shop, till, sequence) WHERE state = 'open';
CREATE INDEX submission_pending_idx ON portal.submission (sender, nonce) WHERE state = 'signed';
CREATE INDEX submission_block_number_idx ON portal.submission (block_number);
CREATE INDEX submission_reverted_idx ON portal.submission (sender, nonce) WHERE state = 'reverted';
CREATE INDEX intent_open_kind_idx ON portal.intent (kind, created_at) WHERE state = 'open';
CREATE INDEX till_batch_unsent_idx ON portal.till_batch (opened_at) WHERE submitted_count < count;
-- Transfers are most of the journal and are read through movement; the rest is looked up by name.
CREATE INDEX event_name_idx ON ledger.event (name, block_number) WHERE name <> 'Transfer';
CREATE INDEX event_authorization_idx ON ledger.event ((args ->> 'authorizer'), (args ->> 'nonce'))
  WHERE name = 'AuthorizationUsed';
CREATE INDEX block_time_idx ON ledger.block (time);
CREATE INDEX payment_line_issuer_idx ON ledger.payment_line (issuer, block_number);

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_indexer') THEN
    GRANT USAGE ON SCHEMA ledger, judged, portal TO highstreet_indexer;
    GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA ledger, judged TO highstreet_indexer;
    GRANT SELECT ON portal.consent TO highstreet_indexer;
    GRANT INSERT ON portal.intent TO highstreet_indexer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT USAGE ON SCHEMA ledger, judged, portal TO highstreet_web;
    GRANT SELECT ON ALL TABLES IN SCHEMA ledger, judged TO highstreet_web;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA portal TO highstreet_web;
  END IF;
END $$;
