import type { Guardian } from '../define.ts'
import type { Report } from '../report.ts'
import { teller } from '../say.ts'

const levels = { high: 'error', medium: 'warning', low: 'note' } as const

/** SARIF 2.1.0, for code-scanning pages: a result per finding, a notification per thing that could not be told. */
export function sarifOf(report: Report, guardians: readonly Guardian[], version: string): object {
  const tell = teller(guardians)
  const ran = guardians.filter(({ id }) => report.guardians.includes(id)).flatMap(({ checks }) => checks)
  const ruleIndex = new Map(ran.map(({ id }, index) => [id, index]))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Jidoka Guardians',
            version,
            rules: ran.map((check) => ({
              id: check.id,
              shortDescription: { text: check.title.en },
              fullDescription: { text: check.why.en },
              help: { text: check.fix.en },
              defaultConfiguration: { level: levels[check.severity] },
            })),
          },
        },
        invocations: [
          {
            executionSuccessful: report.coverage.every(({ complete }) => complete),
            startTimeUtc: new Date(report.startedAt).toISOString(),
            endTimeUtc: new Date(report.endedAt).toISOString(),
            toolExecutionNotifications: report.unknown.map(({ check, account, region, missing }) => ({
              level: 'warning',
              message: { text: `${check} could not be told in ${account} ${region}: ${missing}` },
              ...(ruleIndex.has(check) ? { associatedRule: { id: check, index: ruleIndex.get(check) } } : {}),
            })),
          },
        ],
        results: report.findings.map((finding) => ({
          ruleId: finding.check,
          ...(ruleIndex.has(finding.check) ? { ruleIndex: ruleIndex.get(finding.check) } : {}),
          level: levels[finding.severity],
          message: { text: tell(finding, 'en').says },
          locations: [{ logicalLocations: [{ fullyQualifiedName: finding.resource, kind: 'resource' }] }],
          partialFingerprints: { 'jidoka/v1': `${finding.check}|${finding.account}|${finding.region}|${finding.resource}` },
          properties: { account: finding.account, region: finding.region, evidence: finding.evidence, savings: finding.savings },
        })),
      },
    ],
  }
}
