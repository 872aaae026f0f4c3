-- Members' accounts: which stand on the chain, by which keys they agree, who guards them, and what waits.
-- The ledger is a mirror: emptied here, the indexer fills it again from the chain, deployments of accounts among it.
TRUNCATE ledger.checkpoint, ledger.block, ledger.event, ledger.shop, ledger.till, ledger.points_token, ledger.balance,
  ledger.position, ledger.purchase, ledger.payment, ledger.payment_line, ledger.refusal, ledger.reversal, ledger.refund,
  ledger.refund_line, ledger.net_move, ledger.movement, ledger.before_image;

-- A member's account that stands on the chain. first_*: what its address is made of. chosen_*: its guardian once one was
-- chosen and took effect, in the place of the first; next_*: the one chosen last, in office from next_from on; null is
-- nobody. orders, recoveries: how many there were. Keys of an earlier era sign no more. recovery_*: a change of key that
-- waits.
CREATE TABLE ledger.account (
  account             bytea NOT NULL,
  first_x             bytea NOT NULL,
  first_y             bytea NOT NULL,
  first_guardian      bytea,
  first_delay         bigint NOT NULL,
  deployed_at         timestamptz(3) NOT NULL,
  orders              bigint NOT NULL,
  era                 integer NOT NULL,
  chosen_guardian     bytea,
  chosen_delay        bigint,
  chosen_from         timestamptz(3),
  next_guardian       bytea,
  next_delay          bigint,
  next_from           timestamptz(3),
  recoveries          integer NOT NULL,
  recovery_by         bytea,
  recovery_x          bytea,
  recovery_y          bytea,
  recovery_started_at timestamptz(3),
  recovery_ready_at   timestamptz(3),
  PRIMARY KEY (account)
);
-- Whose guardian somebody is: in office, or to come.
CREATE INDEX account_first_guardian_idx ON ledger.account (first_guardian) WHERE first_guardian IS NOT NULL;
CREATE INDEX account_chosen_guardian_idx ON ledger.account (chosen_guardian) WHERE chosen_guardian IS NOT NULL;
CREATE INDEX account_next_guardian_idx ON ledger.account (next_guardian) WHERE next_guardian IS NOT NULL;
CREATE INDEX account_recovery_ready_at_idx ON ledger.account (recovery_ready_at) WHERE recovery_ready_at IS NOT NULL;

-- A passkey that an account agrees by or agreed by; key: its name on the chain. settled_from: from when on it removes
-- others; null: always.
CREATE TABLE ledger.account_key (
  account      bytea NOT NULL,
  key          bytea NOT NULL,
  x            bytea NOT NULL,
  y            bytea NOT NULL,
  era          integer NOT NULL,
  added_at     timestamptz(3) NOT NULL,
  settled_from timestamptz(3),
  removed_at   timestamptz(3),
  PRIMARY KEY (account, key)
);

-- What happened to an account, in its order: for its notices, and for what became of an order.
CREATE INDEX event_account_idx ON ledger.event (address, block_number) WHERE name IN ('AccountDeployed', 'KeyAdded',
  'KeyRemoved', 'GuardianChosen', 'GuardianKept', 'RecoveryStarted', 'RecoveryVetoed', 'Recovered');

-- first: the key that with guardian and delay makes the account's address. Others are of the account once the chain says
-- so. words: where it was made, such as "Chrome on Android"; null where nobody said.
ALTER TABLE portal.credential ADD COLUMN first boolean NOT NULL DEFAULT true, ADD COLUMN words text;
ALTER TABLE portal.credential ALTER COLUMN first DROP DEFAULT;
CREATE INDEX credential_guardian_idx ON portal.credential (guardian) WHERE guardian IS NOT NULL AND first;

-- A device nobody is signed in on made a passkey and waits: for its owner, who adds it on another device, or for a
-- guardian, who begins a change of key. The secret itself is in that device's cookie only. member: whose it is to be, once
-- somebody signed for it; intent_key: the order that brings it.
CREATE TABLE portal.key_request (
  code          text NOT NULL,
  secret_hash   bytea NOT NULL,
  credential_id bytea NOT NULL,
  x             bytea NOT NULL,
  y             bytea NOT NULL,
  user_handle   bytea NOT NULL,
  words         text NOT NULL,
  member        bytea,
  intent_key    text,
  created_at    timestamptz(3) NOT NULL,
  expires_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (code)
);
CREATE INDEX key_request_secret_hash_idx ON portal.key_request (secret_hash);
CREATE INDEX key_request_credential_id_idx ON portal.key_request (credential_id);
CREATE INDEX key_request_expires_at_idx ON portal.key_request (expires_at);

-- Up to where a member has seen what happened to their account.
CREATE TABLE portal.notice_seen (
  member       bytea NOT NULL,
  block_number bigint NOT NULL,
  log_index    integer NOT NULL,
  PRIMARY KEY (member)
);

-- Gas that the network promised to pay for on a day UTC, counted by the most it may take: for orders and operations of a
-- member, and of a guardian for others.
CREATE TABLE portal.sponsored (
  member bytea NOT NULL,
  day    date NOT NULL,
  gas    bigint NOT NULL,
  PRIMARY KEY (member, day)
);
CREATE INDEX sponsored_day_idx ON portal.sponsored (day) INCLUDE (gas);

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_indexer') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ledger.account, ledger.account_key TO highstreet_indexer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT ON ledger.account, ledger.account_key TO highstreet_web;
    GRANT SELECT, INSERT, UPDATE, DELETE ON portal.key_request, portal.notice_seen, portal.sponsored TO highstreet_web;
  END IF;
END $$;
