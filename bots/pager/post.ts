import { fault } from '../../core/errors.ts'

/** One POST of JSON; answers the status when it was taken. Redirects are not followed: they would carry secrets elsewhere. */
export async function postJson(
  kind: string,
  url: string,
  { body, headers = {}, timeoutMs }: { body: string; headers?: Record<string, string>; timeoutMs: number },
): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause) => {
    throw fault('page-not-sent', { kind, problem: cause?.cause?.code ?? cause?.message }, cause)
  })
  await answer.body?.cancel()
  if (answer.ok) return
  const { status } = answer
  // What is wrong with the message itself stays wrong; a wrong key, a limit and a broken server may be mended.
  const permanent = status === 400 || status === 413 || status === 422
  throw fault('page-not-sent', {
    kind,
    problem: `it answered ${status}`,
    permanent,
    retryAfterMs: retryAfterOf(answer.headers.get('retry-after')),
  })
}

/** Seconds; a date is rare, and then the ordinary pause is taken. */
const retryAfterOf = (header: string | null) => (header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) * 1_000 : undefined)
