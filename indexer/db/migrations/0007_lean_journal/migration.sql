-- What an event costs: one row for a transfer instead of two, and only the indexes that somebody reads by.
-- The ledger is a mirror: emptied here, the indexer fills it again from the chain.
TRUNCATE ledger.checkpoint, ledger.block, ledger.event, ledger.shop, ledger.till, ledger.points_token, ledger.balance,
  ledger.position, ledger.purchase, ledger.payment, ledger.payment_line, ledger.refusal, ledger.reversal, ledger.refund,
  ledger.refund_line, ledger.net_move, ledger.movement, ledger.before_image;

-- The movements are the journal of transfers now: a Transfer that moved points stands here, and not in `event` as well.
ALTER TABLE ledger.movement ADD COLUMN transaction_hash bytea NOT NULL;

-- A row was looked up in `block` once for each row written, by a trigger. The one writer writes both in one transaction
-- and takes both back by ranges of blocks; the check of sums looks for rows that stand in no block.
ALTER TABLE ledger.event DROP CONSTRAINT event_block_number_fkey;
ALTER TABLE ledger.purchase DROP CONSTRAINT purchase_block_number_fkey;
ALTER TABLE ledger.payment DROP CONSTRAINT payment_block_number_fkey;
ALTER TABLE ledger.payment_line DROP CONSTRAINT payment_line_block_number_fkey;
ALTER TABLE ledger.refusal DROP CONSTRAINT refusal_block_number_fkey;
ALTER TABLE ledger.movement DROP CONSTRAINT movement_block_number_fkey;
ALTER TABLE ledger.reversal DROP CONSTRAINT reversal_block_number_fkey;
ALTER TABLE ledger.refund DROP CONSTRAINT refund_block_number_fkey;
ALTER TABLE ledger.refund_line DROP CONSTRAINT refund_line_block_number_fkey;
ALTER TABLE ledger.net_move DROP CONSTRAINT net_move_block_number_fkey;

-- Rows come in the order of their blocks, so a range index says in a few pages where the newest lie: for undoing them.
DROP INDEX ledger.purchase_block_number_idx, ledger.payment_block_number_idx, ledger.payment_line_block_number_idx,
  ledger.movement_block_number_idx;
CREATE INDEX purchase_block_number_idx ON ledger.purchase
  USING brin (block_number) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX payment_block_number_idx ON ledger.payment
  USING brin (block_number) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX payment_line_block_number_idx ON ledger.payment_line
  USING brin (block_number) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX movement_block_number_idx ON ledger.movement
  USING brin (block_number) WITH (pages_per_range = 32, autosummarize = on);

-- One index for what a member bought, at all shops or at one. All of a shop's purchases are found by the key.
DROP INDEX ledger.purchase_member_idx, ledger.purchase_shop_member_idx;
CREATE INDEX purchase_member_shop_idx ON ledger.purchase (member, shop);

-- Room beside a balance for its next version: no index changes with it then.
ALTER TABLE ledger.balance SET (fillfactor = 50);

-- A chunk of purchases is written once and read hardly ever: compressing it took longer than writing it.
ALTER TABLE ledger.event ALTER COLUMN args SET STORAGE EXTERNAL;
