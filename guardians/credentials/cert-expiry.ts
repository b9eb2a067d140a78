import { defineCheck, fail, pass, unknown } from '../define.ts'
import { certificateState, certificates } from '../inventory/certificates.ts'
import { dayMs } from '../resource.ts'

/** On the minute on which a certificate ends, everybody who connects is refused. */
export const certExpiry = defineCheck('credentials-cert-expiry', {
  number: 47,
  severity: 'high',
  title: { en: 'Certificate of ACM that ends soon', ja: '期限が近い ACM 証明書' },
  why: {
    en: 'On the minute on which it ends every client refuses to connect. ACM renews its own 60 days before, unless it cannot validate the domain; imported ones are renewed by nobody but people.',
    ja: '期限の瞬間から、すべての接続が拒否されます。ACM 発行の証明書は 60 日前に自動更新されますが、ドメイン検証に失敗すると止まります。インポートした証明書は人が更新するしかありません。',
  },
  fix: {
    en: 'Issued by ACM: put the CNAME that `aws acm describe-certificate --certificate-arn ARN` names into DNS. Imported: `aws acm import-certificate --certificate-arn ARN ...` with the new one. Not used: `aws acm delete-certificate --certificate-arn ARN`.',
    ja: 'ACM 発行なら `aws acm describe-certificate --certificate-arn ARN` が示す CNAME を DNS に登録します。インポートなら新しい証明書で `aws acm import-certificate --certificate-arn ARN ...`、未使用なら `aws acm delete-certificate --certificate-arn ARN`。',
  },
  peers: ['Prowler', 'AWS Config'],
  says: {
    expired: {
      en: '{domain} ended {agoDays} days ago; used by {usedBy} resources',
      ja: '{domain} は {agoDays} 日前に期限切れ。利用中のリソース {usedBy} 件',
    },
    'expired-unused': {
      en: '{domain} ended {agoDays} days ago and nobody uses it',
      ja: '{domain} は {agoDays} 日前に期限切れ。利用中のリソースなし',
    },
    ending: {
      en: '{domain} ends in {leftDays} days; {type}, renewal: {renewal}, used by {usedBy} resources',
      ja: '{domain} はあと {leftDays} 日で期限。{type}、更新状況 {renewal}、利用中のリソース {usedBy} 件',
    },
  },
  subject: certificates,
  options: {
    urgentDays: { default: 7, unit: 'days', source: 'Prowler' },
    warnDays: { default: 14, unit: 'days', source: 'AWS Config' },
  },
  details: { state: certificateState },
  applies: ({ status, expiresAt }, { now, options }) =>
    (status === 'ISSUED' || status === 'EXPIRED' || status === '') && (expiresAt === null || expiresAt - now < options.warnDays * dayMs),
  judge({ domain, type, inUse, expiresAt: listed }, { now, options, details: { state } }) {
    const expiresAt = state.expiresAt ?? listed
    if (expiresAt === null) return unknown('end of the certificate: acm:DescribeCertificate does not tell')
    const leftDays = Math.floor((expiresAt - now) / dayMs)
    if (expiresAt - now >= options.warnDays * dayMs) return pass
    const { usedBy, renewal, reason } = state
    // ACM renews its own only, and begins 60 days before.
    const told = renewal ?? (type === 'IMPORTED' ? 'by people' : 'not begun')
    const evidence = { domain, type, leftDays, agoDays: Math.max(0, -leftDays - 1), usedBy, renewal: told, renewalReason: reason }
    const used = usedBy > 0 || inUse
    if (expiresAt <= now) return used ? fail('expired', evidence) : fail('expired-unused', evidence, { severity: 'low' })
    const urgent = leftDays < options.urgentDays
    return fail('ending', evidence, { severity: used ? (urgent ? 'high' : 'medium') : 'low' })
  },
})
