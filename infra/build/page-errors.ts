import { errorCodes, fault } from '../../core/errors.ts'

const intro = `# Errors

Every error has a code. Codes are stable: scripts may depend on them. The HTTP API answers errors as
\`application/problem+json\` (RFC 9457) with \`code\`, \`title\`, \`detail\`, \`status\` and \`retryable\`; the command line prints the
same two sentences. A name in braces is filled in.
`

/** docs/errors.md, from the catalogue. */
export function errorsPage(): string {
  // Details that answer with their own name leave the placeholders as they are written.
  const braces = new Proxy({}, { get: (_, key) => `{${String(key)}}` })
  const rows = errorCodes.map((code) => {
    const error = fault(code, braces)
    return `## ${code}\n\n${error.message}\n\n${error.next}\n\nStatus ${error.status}, ${error.retryable ? 'may be tried again' : 'trying again does not help'}.\n`
  })
  return [intro, ...rows].join('\n')
}
