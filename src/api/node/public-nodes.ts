// Nodes of the public network as they were when this was written, for whoever can reach no list of newer ones, in the JSON of
// nodes.tox.chat. The first eleven answered on the day that it tells; the others stood in the wiki of tox.chat.

import { toHex } from '../../base/index.js'
import { type BootstrapNode, parseNodesJson } from '../../host/nodes-file.js'

/** In seconds since 1970: 3 September 2026. */
export const SNAPSHOT_TAKEN = 1_788_393_600

type Row = readonly [ipv4: string, ipv6: string, port: number, tcpPorts: readonly number[], publicKey: string]

const NONE = '-'

const ROWS: readonly Row[] = [
  ['144.217.167.73', NONE, 33445, [33445], '7E5668E0EE09E19F320AD47902419331FFEE147BB3606769CFBE921A2A2FD34C'],
  ['tox.abilinski.com', NONE, 33445, [], '10C00EB250C3233E343E2AEBA07115A5C28920E9C8D29492F6D00B29049EDC7E'],
  ['tox1.mf-net.eu', NONE, 33445, [33445], 'B3E5FA80DC8EBD1149AD2AB35ED8B85BD546DEDE261CA593234C619249419506'],
  ['3.0.24.15', NONE, 33445, [], 'E20ABCF38CDBFFD7D04B29C956B33F7B27A3BB7AF0618101617B036E4AEA402D'],
  ['139.162.110.188', NONE, 33445, [33445], 'F76A11284547163889DDC89A7738CF271797BF5E5E220643E97AD3C7E7903D55'],
  ['tox2.mf-net.eu', NONE, 33445, [33445], '70EA214FDE161E7432530605213F18F7427DC773E276B3E317A07531F548545F'],
  ['144.172.88.203', NONE, 33445, [33445], '2016A0F2797EE3A8B004BA623F11AAFC8146F1B8F45107232A1A1AECCE856674'],
  ['172.104.215.182', NONE, 33445, [33445], 'DA2BD927E01CD05EBCC2574EBE5BEBB10FF59AE0B2105A7D1E2B40E49BB20239'],
  ['tox.initramfs.io', NONE, 33445, [33445], '3F0A45A268367C1BEA652F258C85F4A66DA76BCAA667A49E770BCC4917AB6A25'],
  ['tox3.mf-net.eu', NONE, 33445, [33445], 'F4FC9398B7167668ED2BCF85634E04D4CDCDD2F95DA5F305BD234888B6E6A771'],
  ['188.214.122.30', NONE, 33445, [33445], '2A9F7A620581D5D1B09B004624559211C5ED3D1D712E8066ACDB0896A7335705'],
  ['tox.kurnevsky.net', NONE, 33445, [], '82EF82BA33445A1F91A7DB27189ECFC0C013E06E3DA71F588ED692BED625EC23'],
  ['205.185.115.131', NONE, 53, [53], '3091C6BEB2A993F1C6300C16549FABA67098FF3D62C6D253828B531470B53D68'],
  ['tox2.abilinski.com', NONE, 33445, [], '7A6098B590BDC73F9723FC59F82B3F9085A64D1B213AAF8E610FD351930D052D'],
  [
    '198.199.98.108',
    '2604:a880:1:20::32f:1001',
    33445,
    [],
    'BEF0CFB37AF874BD17B9A8F9FE64C75521DB95A37D33C5BDB00E9CF58659C04F',
  ],
  [
    '46.101.197.175',
    '2a03:b0c0:3:d0::ac:5001',
    33445,
    [],
    'CD133B521159541FB1D326DE9850F5E56A6C724B5B8E5EB5CD8D950408E95707',
  ],
  ['tox01.ky0uraku.xyz', NONE, 33445, [], 'FD04EB03ABC5FC5266A93D37B4D6D6171C9931176DC68736629552D8EF0DE174'],
  ['tox4.plastiras.org', NONE, 33445, [], '836D1DA2BE12FE0E669334E437BE3FB02806F1528C2B2782113E0910C7711409'],
  ['195.201.7.101', NONE, 33445, [], 'B84E865125B4EC4C368CD047C72BCE447644A2DC31EF75BD2CDA345BFD310107'],
]

/** The snapshot as nodes.tox.chat would serve it. */
export function snapshotJson(): string {
  const nodes = ROWS.map(([ipv4, ipv6, port, tcp_ports, public_key]) => ({ ipv4, ipv6, port, tcp_ports, public_key }))
  return JSON.stringify({ last_refresh: SNAPSHOT_TAKEN, nodes })
}

export function snapshotNodes(): readonly BootstrapNode[] {
  return parseNodesJson(snapshotJson(), 'the bundled list').nodes
}

/** What a list tells of a node; its TCP ports where they are known. */
export type ListedNode = Omit<BootstrapNode, 'tcpPorts'> & Partial<BootstrapNode>

/** Nodes in the JSON of nodes.tox.chat, as `parseNodesJson` reads it; with the time of the list where that matters. */
export function formatNodesJson(nodes: readonly ListedNode[], takenSeconds?: number): string {
  const entries = nodes.map(({ host, port, publicKey, tcpPorts }) => ({
    [host.includes(':') ? 'ipv6' : 'ipv4']: host,
    port,
    tcp_ports: tcpPorts,
    public_key: toHex(publicKey),
  }))
  const head = `{${takenSeconds === undefined ? '' : `"last_refresh":${takenSeconds},`}"nodes":[`
  return `${head}${entries.map((entry) => `\n${JSON.stringify(entry)}`).join(',')}\n]}\n`
}
