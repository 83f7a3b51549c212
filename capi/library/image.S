// The runtime as a shared object, to be unpacked by core.cc.
    .section .rodata
    .global toxcore_ts_runtime_image
    .hidden toxcore_ts_runtime_image
    .global toxcore_ts_runtime_image_end
    .hidden toxcore_ts_runtime_image_end
    .balign 16
toxcore_ts_runtime_image:
    .incbin IMAGE_PATH
toxcore_ts_runtime_image_end:
    .section .note.GNU-stack, "", @progbits
