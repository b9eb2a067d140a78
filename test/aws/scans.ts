import { systemClock } from '../../core/clock.ts'
import type { Guardian } from '../../guardians/define.ts'
import type { Report } from '../../guardians/report.ts'
import { type ScanOptions, type ScanPorts, scan } from '../../guardians/scan/scan.ts'
import { accessTo } from './door.ts'
import { testTarget } from './sources.ts'

/** One scan of an address that stands for AWS: the real engine and door, with nothing but defaults, and without its pace. */
export async function scanAt(
  endpoint: string,
  guardians: readonly Guardian[],
  over: Partial<ScanOptions> = {},
  ports: Partial<ScanPorts> = {},
): Promise<Report> {
  const aws = accessTo(endpoint)
  try {
    return await scan(
      {
        ...{ run: 'run-1', guardians, targets: [testTarget], settings: { ownerTags: ['owner', 'team'] }, overrides: {}, prices: {} },
        ...over,
      },
      { aws, platform: null, clock: systemClock, ...ports },
    )
  } finally {
    aws.close()
  }
}

/** What a check found: names, each with its reason. */
export const foundBy = (report: Report, check: string): Record<string, string> =>
  Object.fromEntries(
    report.findings.filter((finding) => finding.check === check).map(({ name, resource, reason }) => [name ?? resource, reason]),
  )
