"""Build the native training engine; everything else stands in pyproject.toml.

The extension is optional: without a C compiler the package installs all the same, and networks
train through scikit-learn.
"""

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

# Never -ffast-math and no contraction into multiply-adds: the bits must be numpy's.
GCC = ["-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fno-strict-aliasing"]
FLAGS = {"unix": GCC, "mingw32": GCC, "msvc": ["/O2", "/fp:precise"]}


class build_exact(build_ext):  # noqa: N801
    """Compiles with the flags of the compiler that is there."""

    def build_extension(self, extension):
        """Add the flags, then build."""
        extension.extra_compile_args = FLAGS.get(self.compiler.compiler_type, [])
        super().build_extension(extension)


engine = Extension(
    "sk_hpt.training._engine",
    ["src/sk_hpt/training/_engine.pyx"],
    include_dirs=[numpy.get_include(), "src/sk_hpt/training"],
    depends=[
        f"src/sk_hpt/training/_{name}"
        for name in (
            "kernels.h",
            "kernels_typed.h",
            "kernels.pxd",
            "layers.pxd",
            "loops.pxd",
            "losses.pxd",
            "terms.pxd",
        )
    ],
    define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION")],
    optional=True,
)
setup(ext_modules=cythonize([engine]), cmdclass={"build_ext": build_exact})
