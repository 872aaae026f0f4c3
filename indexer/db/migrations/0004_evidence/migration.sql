-- What stands behind the logs of each block. What was mirrored before was held against a bloom filter alone, and its
-- hashes were taken on a node's word: emptied here, the indexer fills the ledger again from the chain, proven.
TRUNCATE ledger.checkpoint, ledger.block, ledger.event, ledger.shop, ledger.till, ledger.points_token, ledger.balance,
  ledger.position, ledger.purchase, ledger.payment, ledger.payment_line, ledger.refusal, ledger.reversal, ledger.refund,
  ledger.refund_line, ledger.net_move, ledger.movement, ledger.before_image;

-- evidence: receipts: all receipts of the block have the root that its header names; secondSource: two nodes say the
-- same; bloom: one node's word, which the header's bloom filter does not contradict.
ALTER TABLE ledger.block
  ADD COLUMN evidence text NOT NULL CHECK (evidence IN ('receipts', 'secondSource', 'bloom'));

-- The weakest evidence of a span is a look at the few blocks with less than the best.
CREATE INDEX block_evidence_idx ON ledger.block (number, evidence) WHERE evidence <> 'receipts';
