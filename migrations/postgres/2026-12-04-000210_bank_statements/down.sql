DROP TABLE bank_line_payments;
DROP TABLE bank_statement_lines;
DROP TABLE bank_statements;
