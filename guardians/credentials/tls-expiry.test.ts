import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { TlsEndpoint, TlsProbe } from '../inventory/tls-endpoints.ts'
import { tlsExpiry } from './tls-expiry.ts'

const row: TlsEndpoint = { arn: 'platform:tls/jidoka.example:443', host: 'jidoka.example', port: 443, serverName: null }
const ends = (days: number, subject = 'jidoka.example') => ({ subject, at: daysAgo(-days) })
const seen = (over: Partial<Exclude<TlsProbe, { problem: string }>> = {}) => ({
  probe: {
    ...{ subject: 'jidoka.example', issuer: 'Some CA', expiresAt: daysAgo(-60), firstEnd: ends(60) },
    ...{ chainProblem: null, nameProblem: null, ...over },
  },
})

checkTable(tlsExpiry, {
  flags: {
    'ten days left': {
      row,
      details: seen({ firstEnd: ends(10) }),
      reason: 'ending',
      severity: 'medium',
      evidence: { leftDays: 10, issuer: 'Some CA' },
    },
    'three days left': { row, details: seen({ firstEnd: ends(3) }), reason: 'ending', severity: 'high' },
    'one above it ends first': { row, details: seen({ firstEnd: ends(5, 'Some CA') }), evidence: { ends: 'Some CA', leftDays: 5 } },
    ended: { row, details: seen({ firstEnd: ends(-2) }), reason: 'expired', severity: 'high', evidence: { agoDays: 1 } },
    'sent without its chain': {
      row,
      details: seen({ chainProblem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }),
      reason: 'chain',
      severity: 'medium',
    },
    'for other names': { row, details: seen({ nameProblem: 'jidoka.example is not among its names' }), reason: 'misnamed' },
  },
  passes: {
    'two months left': { row, details: seen() },
    'signed by an authority of our own, told so': {
      row,
      details: seen({ chainProblem: 'SELF_SIGNED_CERT_IN_CHAIN' }),
      options: { publicTrust: false },
    },
  },
  unknown: {
    'nobody answers': {
      row,
      details: { probe: { problem: 'jidoka.example:443 refused the connection' } },
      missing: /refused the connection/,
    },
  },
})
