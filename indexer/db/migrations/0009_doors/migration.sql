-- How people come in: by passkey, by wallet, and on a street of demo people by its menu.

-- Somebody who is inside, on one device. The token itself is in that device's cookie only; here is its SHA-256. Which role
-- a session acts in is a wish: whether its account may is asked of the ledger each time.
-- way: passkey | wallet | demo. credential: the passkey it came in by. shop, till: where an owner or a till stands.
CREATE TABLE portal.session (
  account    bytea NOT NULL,
  token_hash bytea NOT NULL,
  role       text NOT NULL,
  shop       integer,
  till       integer,
  way        text NOT NULL,
  credential bytea,
  device     text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  seen_at    timestamptz(3) NOT NULL,
  idle_at    timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (account, token_hash)
);
CREATE INDEX session_expires_at_idx ON portal.session (expires_at);
ALTER TABLE portal.session
  ADD CONSTRAINT session_role CHECK (role IN ('member', 'till', 'owner', 'auditor')),
  ADD CONSTRAINT session_place CHECK ((shop IS NOT NULL) = (role IN ('till', 'owner'))
    AND (till IS NOT NULL) = (role = 'till')),
  ADD CONSTRAINT session_way CHECK (way IN ('passkey', 'wallet', 'demo')),
  ADD CONSTRAINT session_credential CHECK ((credential IS NOT NULL) = (way = 'passkey'));

-- A passkey of a member's account. x and y are its P-256 key; guardian (null: none) and delay are the account's arguments
-- and with its first key fix its address. user_handle is what the passkey calls its owner.
CREATE TABLE portal.credential (
  member        bytea NOT NULL,
  credential_id bytea NOT NULL,
  x             bytea NOT NULL,
  y             bytea NOT NULL,
  guardian      bytea,
  delay_seconds bigint NOT NULL,
  user_handle   bytea NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  used_at       timestamptz(3) NOT NULL,
  PRIMARY KEY (member, credential_id)
);
-- A passkey says its own name before anybody knows whose it is.
CREATE INDEX credential_credential_id_idx ON portal.credential (credential_id);

-- A number that a passkey or a wallet is asked to sign, good once and for minutes. purpose: join | passkey | wallet.
CREATE TABLE portal.challenge (
  challenge  bytea NOT NULL,
  purpose    text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (challenge)
);
CREATE INDEX challenge_expires_at_idx ON portal.challenge (expires_at);

-- A till asks somebody new to join; a purchase that waits for them may hang on it. member: who came.
CREATE TABLE portal.invitation (
  shop       integer NOT NULL,
  till       integer NOT NULL,
  code       text NOT NULL,
  points     bigint NOT NULL,
  spend      bigint NOT NULL,
  member     bytea,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (shop, till, code)
);
CREATE INDEX invitation_code_idx ON portal.invitation (code);

-- Who joins at a counter is asked for no name.
ALTER TABLE portal.member_profile ALTER COLUMN display_name DROP NOT NULL;

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON portal.session, portal.credential, portal.challenge, portal.invitation
      TO highstreet_web;
  END IF;
END $$;
