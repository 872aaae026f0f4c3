-- Every key begins with the shop or the member it is about, so that a distributed Postgres can hold each row beside the
-- rest of that shop or member. What belongs to nobody (blocks, the checkpoint, journals) keeps the chain's own order.
-- The ledger is a mirror: emptied here, the indexer fills it again from the chain.
TRUNCATE ledger.checkpoint, ledger.block, ledger.event, ledger.shop, ledger.till, ledger.points_token, ledger.balance,
  ledger.position, ledger.purchase, ledger.payment, ledger.payment_line, ledger.refusal, ledger.reversal, ledger.refund,
  ledger.refund_line, ledger.net_move, ledger.movement, ledger.before_image;

ALTER TABLE ledger.reversal DROP CONSTRAINT reversal_pkey, ADD PRIMARY KEY (shop, block_number, log_index);
CREATE INDEX reversal_block_number_idx ON ledger.reversal (block_number);

ALTER TABLE ledger.refund DROP CONSTRAINT refund_pkey, ADD PRIMARY KEY (shop, block_number, log_index);
CREATE INDEX refund_block_number_idx ON ledger.refund (block_number);

-- shop: where the payment was made and is undone; a line stands beside its refund.
ALTER TABLE ledger.refund_line
  DROP CONSTRAINT refund_line_pkey,
  ADD COLUMN shop integer NOT NULL,
  ADD PRIMARY KEY (shop, block_number, log_index, issuer);
CREATE INDEX refund_line_block_number_idx ON ledger.refund_line (block_number);

-- A move stands with the shop that owes by it.
ALTER TABLE ledger.net_move DROP CONSTRAINT net_move_pkey, ADD PRIMARY KEY (debtor, block_number, log_index);
DROP INDEX ledger.net_move_debtor_idx;
CREATE INDEX net_move_block_number_idx ON ledger.net_move (block_number);

-- A run is written down for each shop it judged, with the hash of what that shop was judged by. Scoring makes both tables
-- again, equal for equal inputs.
TRUNCATE judged.run, judged.score;
ALTER TABLE judged.run DROP CONSTRAINT run_pkey, ADD COLUMN shop integer NOT NULL, ADD PRIMARY KEY (shop, id);
CREATE INDEX run_shop_finished_at_idx ON judged.run (shop, finished_at);
