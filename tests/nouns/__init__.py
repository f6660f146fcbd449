"""Each noun through its life, in both API versions, on a fake over HTTP; no engine."""
