CREATE TABLE block (
  id text PRIMARY KEY,
  number int4 NOT NULL,
  hash text NOT NULL,
  parent_hash text NOT NULL,
  time numeric NOT NULL
);
CREATE TABLE transfer (
  id text PRIMARY KEY,
  block_number int4 NOT NULL,
  log_index int4 NOT NULL,
  transaction_hash text NOT NULL,
  token text NOT NULL,
  "from" text NOT NULL,
  "to" text NOT NULL,
  amount numeric NOT NULL
);
CREATE TABLE balance (
  id text PRIMARY KEY,
  token text NOT NULL,
  account text NOT NULL,
  amount numeric NOT NULL
);
