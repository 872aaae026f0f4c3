-- Whether a till must wait until a payment is final is asked with every payment: what one member has paid at one shop.
CREATE INDEX intent_member_payment_idx ON portal.intent (member, shop) WHERE kind = 'payment';
