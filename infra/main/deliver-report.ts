import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { fault } from '../../core/errors.ts'
import { partsOf } from '../../guardians/findings/parts.ts'
import type { Report } from '../../guardians/report.ts'

const timeoutMs = 30_000

/**
 * Sends the report of a Lambda that ran by its own schedule to a controller, with a token from a secret. Fails loudly: a report that
 * nobody has is a failed invocation, which the alarm sees.
 */
export async function deliverReport(report: Report, environment: (name: string) => string | undefined): Promise<void> {
  const url = environment('JIDOKA_REPORT_URL')
  if (!url) return
  const secret = environment('JIDOKA_REPORT_TOKEN_SECRET')
  const token = secret ? await tokenOf(secret) : undefined
  // What was not read to its end is not complete in its ledger: nothing of it is closed.
  const { checkpoint: _, ...whole } = report
  for (const part of partsOf(whole)) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(part),
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!answer.ok) throw fault('guardian-failed', { guardian: report.guardians.join(', '), problem: `${url} answered ${answer.status}` })
  }
}

async function tokenOf(secret: string): Promise<string> {
  const client = new SecretsManagerClient({})
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secret }))
    return SecretString?.trim() ?? ''
  } finally {
    client.destroy()
  }
}
