{
  'variables': {
    'strict%': ['-std=c++17', '-Wall', '-Wextra', '-Werror'],
  },
  'targets': [
    {
      'target_name': 'toxcore_ts',
      'sources': [
        'native/addon.cc',
        'native/args.cc',
        'native/crypto.cc',
        'native/nodes.cc',
        'native/sodium.cc',
        'native/tcp.cc',
        'native/udp.cc',
      ],
      'include_dirs': ['<!(node -p "require(\'node-addon-api\').include_dir")'],
      # Served by Node 18.20 and by every later Node: one binary for all.
      'defines': ['NAPI_VERSION=8', 'NAPI_DISABLE_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED'],
      'cflags_cc!': ['-std=gnu++17', '-std=gnu++14', '-std=gnu++20'],
      'cflags_cc': [
        '<@(strict)', '-fno-exceptions', '-fvisibility=hidden',
      ],
      'xcode_settings': {
        'CLANG_CXX_LANGUAGE_STANDARD': 'c++17',
        'GCC_ENABLE_CPP_EXCEPTIONS': 'NO',
        'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
        'OTHER_CPLUSPLUSFLAGS': ['-Wall', '-Wextra', '-Werror'],
      },
      'msvs_settings': { 'VCCLCompilerTool': { 'ExceptionHandling': 0, 'AdditionalOptions': ['/std:c++17'] } },
      'conditions': [
        ['OS=="linux"', { 'libraries': ['-ldl'] }],
      ],
    },
  ],
}
