-- Passkeys by which cashiers sign in at their shop's tills, in place of a PIN. They open shifts and nothing else.
CREATE TABLE portal.cashier_passkey (
  shop          integer NOT NULL,
  credential_id bytea NOT NULL,
  cashier       integer NOT NULL,
  x             bytea NOT NULL,
  y             bytea NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (shop, credential_id),
  FOREIGN KEY (shop, cashier) REFERENCES portal.cashier (shop, cashier) ON DELETE CASCADE
);
CREATE INDEX cashier_passkey_shop_cashier_idx ON portal.cashier_passkey (shop, cashier);

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON portal.cashier_passkey TO highstreet_web;
  END IF;
END $$;
