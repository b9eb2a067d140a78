import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Signed by itself, for `days` from now. */
export function certificate(name: string, days: number): { Certificate: Buffer; PrivateKey: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-certificate-'))
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
    const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', String(days)]
    execFileSync('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' })
    return { Certificate: readFileSync(cert), PrivateKey: readFileSync(key) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
