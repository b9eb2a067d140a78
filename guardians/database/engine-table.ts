/**
 * End of standard support, for when AWS may not be asked (rds:DescribeDBMajorEngineVersions). From the release calendars of the RDS
 * and Aurora user guides (docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html and its neighbours), read
 * on 2025-06-01. What is not here is not known.
 */
export const engineTable: Readonly<Record<string, string>> = {
  'mysql 5.6': '2022-03-01',
  'mysql 5.7': '2024-02-29',
  'mysql 8.0': '2026-07-31',
  'mariadb 10.2': '2022-10-15',
  'mariadb 10.3': '2023-10-23',
  'postgres 9.6': '2022-04-26',
  'postgres 10': '2023-04-17',
  'postgres 11': '2024-02-29',
  'postgres 12': '2025-02-28',
  'postgres 13': '2026-02-28',
  'postgres 14': '2027-02-28',
  'postgres 15': '2028-02-29',
  'postgres 16': '2029-02-28',
  'postgres 17': '2030-02-28',
  'aurora 5.6': '2023-02-28',
  'aurora-mysql 5.7': '2024-10-31',
  'aurora-mysql 8.0': '2028-04-30',
  'aurora-postgresql 11': '2024-02-29',
  'aurora-postgresql 12': '2025-02-28',
  'aurora-postgresql 13': '2026-02-28',
  'aurora-postgresql 14': '2027-02-28',
  'aurora-postgresql 15': '2028-02-29',
  'aurora-postgresql 16': '2029-02-28',
}

/** Engines whose ends of support AWS tells. For the others there is no date to judge by. */
export const datedEngines: readonly string[] = ['mysql', 'mariadb', 'postgres', 'aurora', 'aurora-mysql', 'aurora-postgresql']

/** `postgres 13` of 13.7, `postgres 9.6` of 9.6.24, `aurora-mysql 8.0` of 8.0.mysql_aurora.3.04.0. */
export function majorOf(engine: string, version: string): string {
  const [first = '', second = ''] = version.split('.')
  const one = engine.includes('postgres') && Number(first) >= 10
  return `${engine} ${one ? first : `${first}.${second}`}`
}
