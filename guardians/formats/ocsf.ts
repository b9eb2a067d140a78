import type { Guardian } from '../define.ts'
import type { Report, ReportedFinding } from '../report.ts'
import { shortName, teller } from '../say.ts'

const severityIds = { low: 2, medium: 3, high: 4 } as const
const ocsfVersion = '1.4.0'

/** OCSF Compliance Findings (class 2003), as security lakes take them. */
export function ocsfOf(report: Report, guardians: readonly Guardian[], version: string): object[] {
  const tell = teller(guardians)
  return report.findings.map((finding) => {
    const { title, says, why, fix } = tell(finding, 'en')
    return {
      activity_id: 1,
      activity_name: 'Create',
      category_uid: 2,
      category_name: 'Findings',
      class_uid: 2003,
      class_name: 'Compliance Finding',
      type_uid: 200_301,
      type_name: 'Compliance Finding: Create',
      time: report.endedAt,
      severity_id: severityIds[finding.severity],
      severity: { low: 'Low', medium: 'Medium', high: 'High' }[finding.severity],
      status_id: 1,
      status: 'New',
      message: says,
      metadata: { version: ocsfVersion, uid: uidOf(finding), product: { name: 'Jidoka Guardians', vendor_name: 'Jidoka', version } },
      finding_info: { uid: uidOf(finding), title, desc: `${says}. ${why}`, types: [finding.check], last_seen_time: report.endedAt },
      compliance: { standards: ['Jidoka'], control: finding.check, status: 'Fail', status_id: 3, status_detail: says },
      remediation: { desc: fix },
      resources: [
        {
          uid: finding.resource,
          name: shortName(finding),
          region: finding.region,
          ...(finding.owner === null ? {} : { owner: { name: finding.owner } }),
        },
      ],
      cloud: { provider: 'AWS', region: finding.region, account: { uid: finding.account } },
      unmapped: { evidence: finding.evidence, savings: finding.savings, run: report.run },
    }
  })
}

const uidOf = ({ check, account, region, resource }: ReportedFinding) => `${check}|${account}|${region}|${resource}`
