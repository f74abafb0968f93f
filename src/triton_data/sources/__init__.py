"""Where code comes from. Each source lists its repos and streams their files; all end as `SourceFile` records."""
