import { defineCheck, fail, pass } from '../define.ts'
import { networkInterfaces } from '../inventory/network-interfaces.ts'
import { type OpenRule, securityGroups } from '../inventory/security-groups.ts'

/** Ports by which people administer machines and databases, open to the whole internet. */
export const adminPorts = defineCheck('exposure-admin-ports', {
  number: 50,
  severity: 'high',
  title: { en: 'Port of administration open to the internet', ja: 'インターネットに開いた管理用ポート' },
  why: {
    en: 'Within minutes strangers try passwords and known holes on every open SSH, RDP and database port.',
    ja: '開いている SSH・RDP・データベースのポートには、数分以内に総当たりや既知の脆弱性への攻撃が始まります。',
  },
  fix: {
    en: '`aws ec2 revoke-security-group-ingress --group-id ID --protocol tcp --port PORT --cidr 0.0.0.0/0` (or `--ip-permissions` for IPv6); reach machines by Session Manager, databases from within the VPC.',
    ja: '`aws ec2 revoke-security-group-ingress --group-id ID --protocol tcp --port PORT --cidr 0.0.0.0/0`（IPv6 は `--ip-permissions`）。サーバーへは Session Manager、データベースへは VPC 内から接続します。',
  },
  peers: ['Trusted Advisor', 'AWS Config', 'Prowler', 'Cloud Custodian'],
  says: {
    open: {
      en: 'the whole internet may reach port {ports}; the group is on {interfaces} interfaces',
      ja: 'インターネット全体からポート {ports} に到達可能。このグループを使うインターフェイス {interfaces} 個',
    },
    'open-unused': {
      en: 'the whole internet may reach port {ports}; nothing uses the group yet',
      ja: 'インターネット全体からポート {ports} に到達可能。まだ何にも使われていない',
    },
  },
  subject: securityGroups,
  options: {
    ports: {
      default: ['20', '21', '22', '1433', '1434', '3306', '3389', '4333', '5432', '5500'] as readonly string[],
      source: 'AWS Trusted Advisor',
    },
  },
  reads: { interfaces: networkInterfaces },
  prepare({ interfaces }) {
    const users = new Map<string, number>()
    for (const { securityGroups: groups } of interfaces) for (const id of groups) users.set(id, (users.get(id) ?? 0) + 1)
    return users
  },
  applies: ({ open }) => open.length > 0,
  judge({ id, open }, { options, known }) {
    const ports = options.ports.filter((port) => open.some((rule) => reaches(rule, Number(port))))
    if (ports.length === 0) return pass
    const interfaces = known.get(id) ?? 0
    const evidence = { ports: ports.slice(0, 20), from: [...new Set(open.map(({ cidr }) => cidr))], interfaces }
    return interfaces > 0 ? fail('open', evidence) : fail('open-unused', evidence, { severity: 'medium' })
  },
})

/** All of these speak TCP, two of them UDP as well. `-1`: every protocol, every port. */
const reaches = ({ protocol, fromPort, toPort }: OpenRule, port: number): boolean =>
  protocol === '-1' || ((protocol === 'tcp' || protocol === 'udp') && (fromPort === -1 || (fromPort <= port && port <= toPort)))
