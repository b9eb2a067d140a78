import { ACMClient, DescribeCertificateCommand, KeyAlgorithm, ListCertificatesCommand } from '@aws-sdk/client-acm'
import { defineDetail, defineInventory, type Resource } from '../define.ts'
import { ownerCalls, withOwners } from './owners.ts'

export interface Certificate extends Resource {
  domain: string
  status: string
  /** `IMPORTED` ones are renewed by people, `AMAZON_ISSUED` by ACM. */
  type: string
  inUse: boolean
  /** Epoch ms; null: not in the list's answer. */
  expiresAt: number | null
}

/** Certificates of ACM. */
export const certificates = defineInventory<Certificate>('certificates', {
  title: { en: 'Certificates of ACM', ja: 'ACM の証明書' },
  scope: 'region',
  calls: ['acm:ListCertificates', ...ownerCalls],
  async page(sources, token) {
    // Without the key types ACM lists RSA of 1024 and 2048 bits only.
    const input = { MaxItems: 1_000, NextToken: token, Includes: { keyTypes: Object.values(KeyAlgorithm) } }
    const answer = await sources.aws.send(ACMClient, new ListCertificatesCommand(input))
    const listed = (answer.CertificateSummaryList ?? []).map(
      (one): Certificate => ({
        arn: one.CertificateArn ?? '',
        ...{ name: one.DomainName ?? '', domain: one.DomainName ?? '', status: one.Status ?? '', type: one.Type ?? '' },
        inUse: one.InUse ?? false,
        expiresAt: one.NotAfter?.getTime() ?? null,
      }),
    )
    const rows = await withOwners(sources, listed)
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})

export interface CertificateState {
  /** Epoch ms. */
  expiresAt: number | null
  /** How many resources use it. */
  usedBy: number
  /** How far ACM's own renewal came: `PENDING_VALIDATION`, `FAILED`; null: ACM does not renew it, or has not begun. */
  renewal: string | null
  /** Why it does not come further. */
  reason: string | null
}

/** Who uses a certificate, and why it was not renewed. One call each: only for those that end soon. */
export const certificateState = defineDetail<Certificate, CertificateState>('certificate-state', {
  calls: ['acm:DescribeCertificate'],
  async get({ aws }, rows) {
    const states = rows.map(async ({ arn }) => {
      const { Certificate: one } = await aws.send(ACMClient, new DescribeCertificateCommand({ CertificateArn: arn }))
      const state: CertificateState = {
        expiresAt: one?.NotAfter?.getTime() ?? null,
        usedBy: one?.InUseBy?.length ?? 0,
        renewal: one?.RenewalSummary?.RenewalStatus ?? null,
        reason: one?.RenewalSummary?.RenewalStatusReason ?? one?.FailureReason ?? null,
      }
      return [arn, state] as const
    })
    return new Map(await Promise.all(states))
  },
})
