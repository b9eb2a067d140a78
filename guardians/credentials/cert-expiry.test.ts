import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { Certificate, CertificateState } from '../inventory/certificates.ts'
import { certExpiry } from './cert-expiry.ts'

const certificate = (over: Partial<Certificate> = {}): Certificate => ({
  ...{ arn: 'arn:aws:acm:us-east-1:123456789012:certificate/c-1', domain: 'jidoka.example', status: 'ISSUED', type: 'IMPORTED' },
  ...{ inUse: true, expiresAt: daysAgo(-10), ...over },
})
const state = (over: Partial<CertificateState> = {}) => ({ state: { expiresAt: null, usedBy: 1, renewal: null, reason: null, ...over } })

checkTable(certExpiry, {
  flags: {
    'imported, ten days left': { row: certificate(), details: state(), reason: 'ending', severity: 'medium', evidence: { leftDays: 10 } },
    'renewal waits for a DNS record, three days left': {
      row: certificate({ type: 'AMAZON_ISSUED', expiresAt: daysAgo(-3) }),
      details: state({ renewal: 'PENDING_VALIDATION', reason: 'CAA_ERROR' }),
      ...{ reason: 'ending', severity: 'high', evidence: { renewal: 'PENDING_VALIDATION', renewalReason: 'CAA_ERROR', usedBy: 1 } },
    },
    'ended yesterday, in use': {
      row: certificate({ expiresAt: daysAgo(1.5) }),
      details: state(),
      reason: 'expired',
      severity: 'high',
      evidence: { agoDays: 1 },
    },
    'ended, used by nobody': {
      row: certificate({ status: 'EXPIRED', inUse: false, expiresAt: daysAgo(30) }),
      details: state({ usedBy: 0 }),
      ...{ reason: 'expired-unused', severity: 'low' },
    },
    'its end told by its description only': {
      row: certificate({ expiresAt: null }),
      details: state({ expiresAt: daysAgo(-5) }),
      severity: 'high',
    },
  },
  passes: {
    'two weeks left': { row: certificate({ expiresAt: daysAgo(-14) }), details: state() },
    'asked for and not issued yet': { row: certificate({ status: 'PENDING_VALIDATION', expiresAt: null }) },
    'renewed between list and description': { row: certificate({ expiresAt: daysAgo(-1) }), details: state({ expiresAt: daysAgo(-395) }) },
  },
  unknown: { 'an end that nobody tells': { row: certificate({ expiresAt: null }), details: state(), missing: /DescribeCertificate/ } },
})
