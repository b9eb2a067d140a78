import { defineCheck, fail, pass, unknown } from '../define.ts'
import { tlsEndpoints, tlsProbe } from '../inventory/tls-endpoints.ts'
import { dayMs } from '../resource.ts'

/** As `credentials-cert-expiry`, seen from outside: also for what is not of ACM, and with what the server really sends. */
export const tlsExpiry = defineCheck('credentials-tls-expiry', {
  number: 47,
  severity: 'high',
  title: { en: 'TLS address whose certificate ends soon or is refused', ja: '期限が近い、または拒否される TLS 証明書' },
  why: {
    en: 'Clients connect to an address, not to a store of certificates: what was renewed and not deployed, or is sent without its chain, is refused all the same.',
    ja: 'クライアントが見るのは接続先が実際に返す証明書です。更新しても配備されていない証明書や、中間証明書のない証明書は拒否されます。',
  },
  fix: {
    en: 'Renew it, put it where the server reads it together with the certificates between it and the root, load it again, and look: `openssl s_client -connect HOST:PORT -servername NAME -showcerts`.',
    ja: '更新した証明書を中間証明書と一緒に配置して読み込ませ、`openssl s_client -connect HOST:PORT -servername NAME -showcerts` で確認します。',
  },
  peers: [],
  says: {
    expired: { en: '{subject} ended {agoDays} days ago', ja: '{subject} は {agoDays} 日前に期限切れ' },
    ending: { en: '{ends} ends in {leftDays} days (issued by {issuer})', ja: '{ends} はあと {leftDays} 日で期限（発行者 {issuer}）' },
    misnamed: {
      en: 'the certificate of {subject} is for other names: {nameProblem}',
      ja: '証明書 {subject} の名前が合わない: {nameProblem}',
    },
    chain: { en: 'clients refuse {subject}: {chainProblem}', ja: 'クライアントが {subject} を拒否する: {chainProblem}' },
  },
  subject: tlsEndpoints,
  options: {
    urgentDays: { default: 7, unit: 'days', source: 'Prowler' },
    warnDays: { default: 14, unit: 'days', source: 'AWS Config' },
    publicTrust: { default: true, source: 'ours; false where an authority of your own signs that this host does not know' },
  },
  details: { probe: tlsProbe },
  judge(_, { now, options, details: { probe } }) {
    if ('problem' in probe) return unknown(`TLS handshake: ${probe.problem}`)
    const { subject, issuer, firstEnd, chainProblem, nameProblem } = probe
    const leftDays = Math.floor((firstEnd.at - now) / dayMs)
    const agoDays = Math.max(0, -leftDays - 1)
    const evidence = { subject, issuer, ends: firstEnd.subject, leftDays, agoDays, chainProblem, nameProblem }
    if (firstEnd.at <= now) return fail('expired', { ...evidence, subject: firstEnd.subject })
    if (leftDays < options.warnDays) return fail('ending', evidence, { severity: leftDays < options.urgentDays ? 'high' : 'medium' })
    if (!options.publicTrust) return pass
    if (chainProblem !== null) return fail('chain', evidence, { severity: 'medium' })
    return nameProblem === null ? pass : fail('misnamed', evidence, { severity: 'medium' })
  },
})
