"""数据报表: a board per dimension, how people move and pages travel, and how far figures can be trusted."""
