-- What the contracts have learned: purchases and payments undone, debts, allowances, shops that leave or default.
-- The ledger is a mirror: emptied here, the indexer fills it again from the chain.
TRUNCATE ledger.checkpoint, ledger.block, ledger.event, ledger.shop, ledger.till, ledger.points_token, ledger.balance,
  ledger.position, ledger.purchase, ledger.payment, ledger.payment_line, ledger.refusal, ledger.movement,
  ledger.before_image;

-- suspended_at: since when the board suspends it; full_reserve_by: when a shop that leaves must back its points in full;
-- default_from: when a stressed shop can be declared in default; price_money / price_liability: of a defaulted shop's
-- points, as a fraction of par.
ALTER TABLE ledger.shop
  ADD COLUMN daily_points bigint NOT NULL,
  ADD COLUMN offered_to bytea,
  ADD COLUMN suspended_at timestamptz(3),
  ADD COLUMN full_reserve_by timestamptz(3),
  ADD COLUMN default_from timestamptz(3),
  ADD COLUMN price_money numeric(78,0),
  ADD COLUMN price_liability numeric(78,0);

-- daily_points: what a counter may give in a day; 0 for the others, which have a budget.
ALTER TABLE ledger.till ADD COLUMN daily_points bigint NOT NULL;

-- stopped: the shop has defaulted, and this quarter never ends.
ALTER TABLE ledger.points_token ADD COLUMN stopped boolean NOT NULL;

-- debt: what the member owes the shop; its next points pay it off.
ALTER TABLE ledger.balance ADD COLUMN debt bigint NOT NULL;

-- A purchase undone, wholly or in part; shop, till and sequence are its receipt. What was neither taken nor owed was
-- deducted from the cash.
CREATE TABLE ledger.reversal (
  shop             integer NOT NULL,
  till             integer NOT NULL,
  sequence         bigint NOT NULL,
  member           bytea NOT NULL,
  by_till          integer NOT NULL,
  points           bigint NOT NULL,
  taken            bigint NOT NULL,
  debt             bigint NOT NULL,
  block_number     bigint NOT NULL,
  log_index        integer NOT NULL,
  transaction_hash bytea NOT NULL,
  PRIMARY KEY (block_number, log_index),
  FOREIGN KEY (block_number) REFERENCES ledger.block (number) ON DELETE CASCADE
);
CREATE INDEX reversal_shop_till_sequence_idx ON ledger.reversal (shop, till, sequence);
CREATE INDEX reversal_member_idx ON ledger.reversal (member);

-- A payment undone, wholly or in part; shop, till and sequence are its receipt.
CREATE TABLE ledger.refund (
  shop             integer NOT NULL,
  till             integer NOT NULL,
  sequence         bigint NOT NULL,
  member           bytea NOT NULL,
  by_till          integer NOT NULL,
  points           bigint NOT NULL,
  block_number     bigint NOT NULL,
  log_index        integer NOT NULL,
  transaction_hash bytea NOT NULL,
  PRIMARY KEY (block_number, log_index),
  FOREIGN KEY (block_number) REFERENCES ledger.block (number) ON DELETE CASCADE
);
CREATE INDEX refund_shop_till_sequence_idx ON ledger.refund (shop, till, sequence);
CREATE INDEX refund_member_idx ON ledger.refund (member);

-- One issuer's points that a refund brought back; lanes packed as the token gave them back.
CREATE TABLE ledger.refund_line (
  block_number bigint NOT NULL,
  log_index    integer NOT NULL,
  issuer       integer NOT NULL,
  points       bigint NOT NULL,
  lanes        numeric(78,0) NOT NULL,
  PRIMARY KEY (block_number, log_index, issuer),
  FOREIGN KEY (block_number) REFERENCES ledger.block (number) ON DELETE CASCADE
);
CREATE INDEX refund_line_issuer_idx ON ledger.refund_line (issuer, block_number);

-- Why two shops owe each other: value moved from the net of debtor to that of creditor; below zero, back. The shop 0 is
-- the house, which holds the value of unused vouchers (kind: payment | refund | voucher | breakage).
CREATE TABLE ledger.net_move (
  block_number bigint NOT NULL,
  log_index    integer NOT NULL,
  kind         text NOT NULL,
  debtor       integer NOT NULL,
  creditor     integer NOT NULL,
  value        numeric(78,0) NOT NULL,
  PRIMARY KEY (block_number, log_index),
  FOREIGN KEY (block_number) REFERENCES ledger.block (number) ON DELETE CASCADE
);
CREATE INDEX net_move_debtor_idx ON ledger.net_move (debtor, block_number);
CREATE INDEX net_move_creditor_idx ON ledger.net_move (creditor, block_number);

-- Few lines are of these kinds, and whoever adds up a shop's flows needs them all.
CREATE INDEX movement_undone_idx ON ledger.movement (shop, kind)
  WHERE kind IN ('takenBack', 'restored', 'debtPaid');

-- Rights on the new tables, as on the others of the schema.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_indexer') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA ledger TO highstreet_indexer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'highstreet_web') THEN
    GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO highstreet_web;
  END IF;
END $$;
