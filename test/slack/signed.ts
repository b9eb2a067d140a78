import { createHmac } from 'node:crypto'
import type { Fields } from './types.ts'

/**
 * Slack's requests to an app over HTTP: signed with the v0 scheme, forms for commands and interactions, JSON for events.
 */
export interface SignOptions {
  /** The signature is of another secret. */
  badSignature?: boolean
  /** The request was signed this long ago; it is refused after 300 s. */
  staleByS?: number
  /** Leaves both headers out. */
  unsigned?: boolean
  /** Which repetition of the event this is: 1 to 3. */
  retryNum?: number
  /** Default `http_timeout`. */
  retryReason?: string
}

export interface SignedAnswer {
  status: number
  /** The body: parsed when it is JSON, undefined when empty. */
  body: unknown
  ms: number
}

export function signature(secret: string, timestampS: number | string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestampS}:${body}`).digest('hex')}`
}

async function post(url: string, secret: string, contentType: string, body: string, options: SignOptions = {}): Promise<SignedAnswer> {
  const timestamp = Math.floor(Date.now() / 1000) - (options.staleByS ?? 0)
  const headers: Record<string, string> = { 'content-type': contentType, 'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)' }
  if (!options.unsigned) {
    headers['x-slack-request-timestamp'] = String(timestamp)
    headers['x-slack-signature'] = signature(options.badSignature ? `not ${secret}` : secret, timestamp, body)
  }
  if (options.retryNum !== undefined) {
    headers['x-slack-retry-num'] = String(options.retryNum)
    headers['x-slack-retry-reason'] = options.retryReason ?? 'http_timeout'
  }
  const start = performance.now()
  const response = await fetch(url, { method: 'POST', headers, body })
  const text = await response.text()
  return { status: response.status, body: parsed(text), ms: performance.now() - start }
}

function parsed(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

const form = 'application/x-www-form-urlencoded'

/** A slash command. `fields` as `payloads.ts` builds them. */
export const postCommand = (url: string, secret: string, fields: Fields, options?: SignOptions) =>
  post(url, secret, form, new URLSearchParams(fields as Record<string, string>).toString(), options)

/** A button, a modal, a shortcut. */
export const postInteraction = (url: string, secret: string, payload: Fields, options?: SignOptions) =>
  post(url, secret, form, new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), options)

/** An event in its envelope, or `url_verification`. */
export const postEvent = (url: string, secret: string, envelope: Fields, options?: SignOptions) =>
  post(url, secret, 'application/json', JSON.stringify(envelope), options)

/** What Slack sends when the address is entered in the app's settings: the answer has to carry `challenge`. */
export const postUrlVerification = (url: string, secret: string, challenge: string, options?: SignOptions) =>
  postEvent(url, secret, { type: 'url_verification', token: 'verification-token', challenge }, options)
