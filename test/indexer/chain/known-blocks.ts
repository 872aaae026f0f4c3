import type { HeaderAnswer } from '#indexer/chain/header.ts'

// Headers that anybody can look up, one of each age of a chain. Each holds its own proof: its hash.

const none = '0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347'
const emptyRoot = '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421'
export const emptyBloom = `0x${'0'.repeat(512)}` as const
const zeros = (bytes: number) => `0x${'0'.repeat(bytes * 2)}`

/** The first block of Ethereum's main network. */
const genesis: HeaderAnswer = {
  hash: '0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3',
  parentHash: zeros(32),
  sha3Uncles: none,
  miner: zeros(20),
  stateRoot: '0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544',
  transactionsRoot: emptyRoot,
  receiptsRoot: emptyRoot,
  logsBloom: emptyBloom,
  difficulty: '0x400000000',
  number: '0x0',
  gasLimit: '0x1388',
  gasUsed: '0x0',
  timestamp: '0x0',
  extraData: '0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa',
  mixHash: zeros(32),
  nonce: '0x0000000000000042',
  transactions: [],
}

/** Its second. */
const first: HeaderAnswer = {
  ...genesis,
  hash: '0x88e96d4537bea4d9c05d12549907b32561d3bf31f45aae734cdc119f13406cb6',
  parentHash: genesis['hash'],
  miner: '0x05a56e2d52c817161883f50c441c3228cfe54d9f',
  stateRoot: '0xd67e4d450343046425ae4271474353857ab860dbc0a1dde64b41b5cd3a532bf3',
  difficulty: '0x3ff800000',
  number: '0x1',
  timestamp: '0x55ba4224',
  extraData: '0x476574682f76312e302e302f6c696e75782f676f312e342e32',
  mixHash: '0x969b900de27b6ac6a67742365dd65f55a0526c41fd18e1b16f1a1215c2e66f59',
  nonce: '0x539bd4979fef1ec4',
}

/** 24,630,100: after Prague, with blobs, withdrawals and every bit of life in its filter. */
const afterPrague: HeaderAnswer = {
  hash: '0x6c4c6ea047f0ca4bcb0b0fbbcc2e50061d8dd24ba1ab8a22a6d3583a497c3c82',
  parentHash: '0x63ce16602b2afe4089fa8e0a2c16be1a2dea1c4d30b65bd717d9398ddd5fba23',
  sha3Uncles: none,
  miner: '0xdadb0d80178819f2319190d340ce9a924f783711',
  stateRoot: '0x41ebb402f36d0ce15799e98d1aca83bbb5d4b08d1b6572e73b388e4ece192916',
  transactionsRoot: '0x3b889eb9fa0713d2e1d9e90725d45fd04ec4a550a7a390639c243c5f3b2c6215',
  receiptsRoot: '0x52fc280ab6b1db61781dae4cc5f81b7ddd484eae78320bdd8161d5b2fe8e7719',
  logsBloom: [
    '0xfffffef97ffdf7dfb75fbbfeffffdfffffbeefffffbbffff6ffffdffbffffaf9df7fff7f7fff6ffbffffdfdffbffffff76fffffcbf7ffb',
    'fffffeefffffff7df7bffffffdefffff8fdfdf7f7ceffdffff7ff77affe7ef5ff5fbfff57ff7eeadfffffffabfff7bdffbbfbffcfffdefff',
    'effefffffffff5fffefdffdffbffffdfdffbffe7fffffffffdffebf7e37fdfe977f7fbdfefdffddffffffffff5f97ffffdfbffdf7fffffbf',
    'f9feff77afffefffeef77ffff7fff6fffeffd77ffffeefefdb7bffffff7f7ffdfbff7ffffffffefdffdffddffffffefffffffefdfbf7fdff',
    'ef7fffff3bdf7fff6cefffdfffdf7ffffeffbfbffffdafffdfbf7efdbeffff7fff',
  ].join(''),
  difficulty: '0x0',
  number: '0x177d354',
  gasLimit: '0x3938700',
  gasUsed: '0x1a4ed69',
  timestamp: '0x69b09d6b',
  extraData: '0x4275696c6465724e6574202842656176657229',
  mixHash: '0xf824cbc0bffaa4862fffafa96c2cce90898dda8b97fc3eaa6a85ac38075991e5',
  nonce: '0x0000000000000000',
  baseFeePerGas: '0x246edf3',
  withdrawalsRoot: '0x76abcbef0846a5bd065d0207581dacc3cf8df4ec2ba0a8e4d4fbbe97864b82ee',
  blobGasUsed: '0x40000',
  excessBlobGas: '0xa2a720e',
  parentBeaconBlockRoot: '0xd9b957562f8477151f61eddc77bcad7451ef62eab8f4fe470402073a794e8bba',
  requestsHash: '0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  transactions: [],
}

/** 411,443 of the test network Hoodi: after Prague, with a single transfer in it. */
export const withOneTransfer: HeaderAnswer = {
  hash: '0x5e98e8e4d80928867e03eb2224f66fc8c68f687de3a5550119c365fca7abb118',
  parentHash: '0x84eba4ac122adba9bbe79b78ccc538ec5fd7b612cd6c2cd6d4ac3a23160f6151',
  sha3Uncles: none,
  miner: '0x25941dc771bb64514fc8abbce970307fb9d477e9',
  stateRoot: '0x7347d30e42da2799eb5b51d8e1a81756323afd47d68e9c7f7fe5c6cfd38572bd',
  transactionsRoot: '0x7cbc552113ed936ee351981d5151a8913cc7cc2ac55d930d6a43ded6e721c21b',
  receiptsRoot: '0x056b23fbba480696b65fe5a59b8f2148a1299103c4f57df839233af2cf4ca2d2',
  logsBloom: emptyBloom,
  difficulty: '0x0',
  number: '0x64733',
  gasLimit: '0x2255100',
  gasUsed: '0x5208',
  timestamp: '0x68285874',
  extraData: '0x4e65746865726d696e64',
  mixHash: '0x5aa29a261f252912f12377c312d68a616af8efef7a9f8c8911b7482bcf4a3adc',
  nonce: '0x0000000000000000',
  baseFeePerGas: '0x4227fedf',
  withdrawalsRoot: '0x9a0aedb6a7b38b44467d87dd8c08b64589fcf729a0f60e9361ecb160f074b08c',
  blobGasUsed: '0x0',
  excessBlobGas: '0x0',
  parentBeaconBlockRoot: '0x065c517950023785bf51c075203764504b5fa9b65b8fe3943aa9fb8a86e0391d',
  requestsHash: '0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  transactions: ['0x8c22653c4736f3cedf2d36fb4a5565397cfae051b6a5cc53a043078f03aa6ceb'],
}

/** Of the main network's first transaction, in block 46,147: the state's root stands where the status is today. */
export const firstTransaction = {
  receiptsRoot: '0xfe2bf2a941abf41d72637e5b91750332a30283efd40c424dc522b77e6f0ed8c4',
  stateRoot: '0x96a8e009d2b88b1483e6941e6812e32263b05683fac202abc622a3e31aed1957',
  gas: '0x5208',
} as const

export const knownHeaders: readonly HeaderAnswer[] = [genesis, first, afterPrague, withOneTransfer]
export const emptyReceiptsRoot = emptyRoot
