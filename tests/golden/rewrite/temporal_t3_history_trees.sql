# rules config/temporal.yaml
SELECT shard_id, tree_id, branch_id, data, data_encoding
        FROM history_tree
        WHERE (shard_id, tree_id, branch_id) > ($1, $2, $3)
        ORDER BY shard_id, tree_id, branch_id
        LIMIT $4
----
SELECT shard_id, decode(tree_id,'hex') AS tree_id, decode(branch_id,'hex') AS branch_id, data, data_encoding
        FROM history_tree
        WHERE (shard_id, tree_id, branch_id) > ($1, encode($2,'hex'), encode($3,'hex'))
        ORDER BY shard_id, history_tree.tree_id, history_tree.branch_id
        LIMIT $4
----
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_in: $3 -> encode($3,'hex')
change binary_key_out: tree_id -> decode(tree_id,'hex') AS tree_id
change binary_key_out: branch_id -> decode(branch_id,'hex') AS branch_id
change binary_key_order: tree_id -> history_tree.tree_id
change binary_key_order: branch_id -> history_tree.branch_id
statement read history_tree
