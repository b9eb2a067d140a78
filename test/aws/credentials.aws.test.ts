import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ACMClient, AddTagsToCertificateCommand, DeleteCertificateCommand, ImportCertificateCommand } from '@aws-sdk/client-acm'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam'
import { CreateSecretCommand, DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { credentials } from '../../guardians/credentials/guardian.ts'
import { dayMs } from '../../guardians/resource.ts'
import { type Moto, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
let folder: string
beforeAll(async () => {
  moto = await openMoto()
  folder = mkdtempSync(join(tmpdir(), 'jidoka-certificates-'))
})
afterEach(() => moto.reset())
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await moto?.close()
})
/** The scan's own idea of now: what moto made just now has that age. */
const inDays = (days: number) => Date.now() + days * dayMs

test('keys that nobody uses, by the credential report; those that are switched off are let be', async () => {
  const iam = moto.client(IAMClient)
  for (const UserName of ['aki', 'ben', 'chie']) await iam.send(new CreateUserCommand({ UserName }))
  await iam.send(new CreateAccessKeyCommand({ UserName: 'aki' }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ben' }))
  await iam.send(new UpdateAccessKeyCommand({ UserName: 'ben', AccessKeyId: AccessKey?.AccessKeyId ?? '', Status: 'Inactive' }))
  const only = { only: ['credentials-key-unused'] }
  const young = await scanAt(moto.url, [credentials], only)
  expect({ findings: young.findings, unknown: young.unknown }).toEqual({ findings: [], unknown: [] })
  const old = await scanAt(moto.url, [credentials], { ...only, now: inDays(60) })
  expect(old.unknown).toEqual([])
  expect(foundBy(old, 'credentials-key-unused')).toEqual({ 'aki, key 1': 'never-used' })
  expect(old.findings).toMatchObject([{ region: 'global', severity: 'medium', evidence: { user: 'aki', ageDays: 60 } }])
  expect(old.coverage).toMatchObject([{ looked: 2, complete: true }])
})

test('secrets that nobody reads', async () => {
  const secrets = moto.client(SecretsManagerClient)
  const make = (Name: string) =>
    secrets.send(new CreateSecretCommand({ Name, SecretString: 'not-told', Tags: [{ Key: 'owner', Value: 'shop' }] }))
  await make('forgotten')
  await make('deleted')
  await secrets.send(new DeleteSecretCommand({ SecretId: 'deleted', RecoveryWindowInDays: 7 }))
  const only = { only: ['credentials-secret-unused'] }
  expect((await scanAt(moto.url, [credentials], only)).findings).toEqual([])
  const old = await scanAt(moto.url, [credentials], { ...only, now: inDays(91) })
  expect(old.findings).toMatchObject([{ name: 'forgotten', owner: 'shop', reason: 'never-used', savings: { usdPerMonth: 0.4 } }])
  // moto does not tell when one was read: that is proved on recorded answers.
  expect((await scanAt(moto.url, [credentials], { ...only, now: inDays(89) })).findings).toEqual([])
})

function certificate(days: number, name: string): { Certificate: Buffer; PrivateKey: Buffer } {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)]
  const kind = ['-newkey', 'rsa:2048', '-nodes', '-days', String(days), '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { Certificate: readFileSync(cert), PrivateKey: readFileSync(key) }
}

test('certificates that end soon, until they are replaced', async () => {
  const acm = moto.client(ACMClient)
  const bring = (days: number, name: string, CertificateArn?: string) =>
    acm.send(new ImportCertificateCommand({ ...certificate(days, name), CertificateArn }))
  await bring(300, 'long.example')
  const { CertificateArn } = await bring(10, 'soon.example')
  await acm.send(new AddTagsToCertificateCommand({ CertificateArn, Tags: [{ Key: 'team', Value: 'web' }] }))
  const only = { only: ['credentials-cert-expiry'] }
  const report = await scanAt(moto.url, [credentials], only)
  expect(report.unknown).toEqual([])
  expect(report.findings).toMatchObject([
    {
      resource: CertificateArn,
      name: 'soon.example',
      reason: 'ending',
      severity: 'low',
      evidence: { leftDays: 9, type: 'IMPORTED', usedBy: 0 },
    },
  ])
  // Only the one that ends soon costs a call of its own.
  expect(report.cost.byCall.find(({ call }) => call === 'acm:DescribeCertificate')?.calls).toBe(1)
  expect(foundBy(await scanAt(moto.url, [credentials], { ...only, now: inDays(11) }), 'credentials-cert-expiry')).toEqual({
    'soon.example': 'expired-unused',
  })
  await acm.send(new DeleteCertificateCommand({ CertificateArn }))
  const after = await scanAt(moto.url, [credentials], only)
  expect(after.findings).toEqual([])
  expect(after.coverage).toMatchObject([{ looked: 1, complete: true }])
})

test('an empty account, seen without a configuration', async () => {
  const report = await scanAt(moto.url, [credentials])
  expect(report.findings).toEqual([])
  expect(report.unknown.map(({ check }) => check)).toEqual(['credentials-tls-expiry'])
})
