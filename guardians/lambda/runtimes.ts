/**
 * Until when AWS mends the runtimes of Lambda, and from when functions on them cannot be changed any more. Days as in
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html; AWS moves them, mostly back.
 */
export const runtimesAsOf = '2026-08-22'

interface Life {
  /** Last day; null: no day is set. */
  until: string | null
  /** From this day no function on it can be updated. */
  frozen?: string
  /** What to move to. */
  next?: string
}

const node = 'nodejs24.x'
const python = 'python3.14'
const java = 'java25'
const dotnet = 'dotnet10'
const ruby = 'ruby4.0'
const own = 'provided.al2023'
/** For all that were deprecated and can still be updated. */
const frozen = '2027-03-03'

export const runtimes: Readonly<Record<string, Life>> = {
  nodejs: { until: '2016-08-30', frozen: '2016-10-31', next: node },
  'nodejs4.3': { until: '2020-03-05', frozen: '2020-03-05', next: node },
  'nodejs4.3-edge': { until: '2020-03-05', frozen: '2020-04-30', next: node },
  'nodejs6.10': { until: '2019-08-12', frozen: '2019-08-12', next: node },
  'nodejs8.10': { until: '2020-03-06', frozen: '2020-03-06', next: node },
  'nodejs10.x': { until: '2021-07-30', frozen: '2022-02-14', next: node },
  'nodejs12.x': { until: '2023-03-31', frozen: '2023-04-30', next: node },
  'nodejs14.x': { until: '2023-12-04', frozen, next: node },
  'nodejs16.x': { until: '2024-06-12', frozen, next: node },
  'nodejs18.x': { until: '2025-09-01', frozen, next: node },
  'nodejs20.x': { until: '2026-04-30', frozen, next: node },
  'nodejs22.x': { until: '2027-04-30', frozen: '2027-07-01', next: node },
  'nodejs24.x': { until: '2028-04-30', frozen: '2028-07-01' },
  'nodejs26.x': { until: null },
  'python2.7': { until: '2021-07-15', frozen: '2022-05-30', next: python },
  'python3.6': { until: '2022-07-18', frozen: '2022-08-29', next: python },
  'python3.7': { until: '2023-12-04', frozen, next: python },
  'python3.8': { until: '2024-10-14', frozen, next: python },
  'python3.9': { until: '2025-12-15', frozen, next: python },
  'python3.10': { until: '2026-10-31', frozen, next: python },
  'python3.11': { until: '2027-06-30', frozen: '2027-08-31', next: python },
  'python3.12': { until: '2028-10-31', frozen: '2029-01-10' },
  'python3.13': { until: '2029-06-30', frozen: '2029-08-31' },
  'python3.14': { until: '2029-06-30', frozen: '2029-08-31' },
  'python3.15': { until: null },
  java8: { until: '2024-01-08', frozen, next: java },
  'java8.al2': { until: '2027-06-30', frozen: '2027-08-31', next: 'java8.al2023' },
  'java8.al2023': { until: '2029-06-30', frozen: '2029-08-31' },
  java11: { until: '2027-06-30', frozen: '2027-08-31', next: 'java11.al2023' },
  'java11.al2023': { until: '2029-06-30', frozen: '2029-08-31' },
  java17: { until: '2027-06-30', frozen: '2027-08-31', next: 'java17.al2023' },
  'java17.al2023': { until: '2029-06-30', frozen: '2029-08-31' },
  java21: { until: '2029-06-30', frozen: '2029-08-31' },
  java25: { until: '2029-06-30', frozen: '2029-08-31' },
  'dotnetcore1.0': { until: '2019-06-27', frozen: '2019-07-30', next: dotnet },
  'dotnetcore2.0': { until: '2019-05-30', frozen: '2019-05-30', next: dotnet },
  'dotnetcore2.1': { until: '2022-01-05', frozen: '2022-04-13', next: dotnet },
  'dotnetcore3.1': { until: '2023-04-03', frozen: '2023-05-03', next: dotnet },
  dotnet6: { until: '2024-12-20', frozen, next: dotnet },
  dotnet8: { until: '2026-11-10', frozen, next: dotnet },
  dotnet10: { until: '2028-11-14', frozen: '2029-01-15' },
  'ruby2.5': { until: '2021-07-30', frozen: '2022-03-31', next: ruby },
  'ruby2.7': { until: '2023-12-07', frozen, next: ruby },
  'ruby3.2': { until: '2026-03-31', frozen, next: ruby },
  'ruby3.3': { until: '2027-03-31', frozen: '2027-05-31', next: ruby },
  'ruby3.4': { until: '2028-03-31', frozen: '2028-05-31' },
  'ruby4.0': { until: '2029-03-31', frozen: '2029-05-31' },
  'go1.x': { until: '2024-01-08', frozen, next: own },
  provided: { until: '2024-01-08', frozen, next: own },
  'provided.al2': { until: '2026-07-31', frozen, next: own },
  'provided.al2023': { until: '2029-06-30', frozen: '2029-08-31' },
}
