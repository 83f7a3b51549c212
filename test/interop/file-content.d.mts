export function fileContent(position: bigint, length: number): Uint8Array
