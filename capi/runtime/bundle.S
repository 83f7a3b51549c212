// The core's script, as the bundler wrote it, ended by a zero.
    .section .rodata
    .global toxcore_ts_bundle
    .hidden toxcore_ts_bundle
    .global toxcore_ts_bundle_end
    .hidden toxcore_ts_bundle_end
toxcore_ts_bundle:
    .incbin BUNDLE_PATH
toxcore_ts_bundle_end:
    .byte 0
    .section .note.GNU-stack, "", @progbits
